import { container as root, injectable } from 'tsyringe'
export function Container() { const container = root.createChildContainer(); class Held {} ; injectable()(Held); const held = new Held(); container.registerInstance(Held, held); return { container, held, Held } }
