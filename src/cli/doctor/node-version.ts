import { type Finding, problem, well } from './finding.js'

/** What `engines` in our package.json asks for. */
const OLDEST = [20, 19] as const

/** Is this Node new enough? */
export function checkNodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
  return isOld
    ? problem('Node.js', `${version} is too old`, `Install Node.js ${OLDEST.join('.')} or newer.`)
    : well('Node.js', version)
}
