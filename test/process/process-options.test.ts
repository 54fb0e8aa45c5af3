import { describe, expect, it } from 'vitest'
import type { ApplicationOptions } from 'keelson'
import { readProcessOptions } from '../../src/process/process-options.js'

const on = (platform: NodeJS.Platform, options: ApplicationOptions = {}): unknown => {
  const { signals, dumpSignal } = readProcessOptions(options, true, { platform })
  return [signals.join(' '), dumpSignal]
}

describe('the signals of a process', () => {
  it.each(['SIGKILL', 'SIGSTOP', 'SIGNAL', 'INT'])('do not include %s, which is refused', (name) => {
    const signal = name as NodeJS.Signals
    expect(() => on('linux', { signals: [signal] })).toThrow(`the option signals has "${name}"`)
    expect(() => on('win32', { dumpSignal: signal })).toThrow(`the option dumpSignal has "${name}"`)
  })

  it('that stops cannot be the one that asks for a dump', () => {
    expect(() => on('linux', { dumpSignal: 'SIGTERM' })).toThrow('SIGTERM is in the option signals')
  })

  it('are, on Linux and macOS, those of a terminal and of whoever runs it, and SIGUSR2 for the dump', () => {
    expect(on('linux')).toEqual(['SIGINT SIGTERM SIGHUP', 'SIGUSR2'])
    expect(on('darwin')).toEqual(['SIGINT SIGTERM SIGHUP', 'SIGUSR2'])
    expect(on('linux', { dumpSignal: false })).toEqual(['SIGINT SIGTERM SIGHUP', undefined])
    expect(on('linux', { signals: ['SIGUSR2', 'SIGUSR2'] })).toEqual(['SIGUSR2', undefined])
  })

  it('are, on Windows, Ctrl-C, Ctrl-Break and the closing of the window, and none for the dump', () => {
    expect(on('win32')).toEqual(['SIGINT SIGTERM SIGHUP SIGBREAK', undefined])
    expect(on('win32', { signals: ['SIGINT'], dumpSignal: 'SIGBREAK' })).toEqual(['SIGINT', 'SIGBREAK'])
  })

  it('that are none here are left out: the same options serve everywhere', () => {
    expect(on('win32', { signals: ['SIGTERM', 'SIGQUIT'], dumpSignal: 'SIGUSR2' })).toEqual([
      'SIGTERM',
      undefined
    ])
    expect(on('linux', { signals: ['SIGINT', 'SIGBREAK'] })).toEqual(['SIGINT', 'SIGUSR2'])
  })
})
