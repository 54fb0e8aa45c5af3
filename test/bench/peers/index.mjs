// Loads a contestant by name. `keelson:watched` is the variant `watched` of `peers/keelson.mjs`.

export async function loadPeer(contestant) {
  const [name, variant] = contestant.split(':')
  const peer = await import(`./${name}.mjs`)
  return { peer, variant }
}
