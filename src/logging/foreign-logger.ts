const METHODS = ['info', 'warn', 'error']

/** Does it log, without being what makes a logger for each service, as `console` does? Options have no methods. */
export function isForeignLogger(option: object): boolean {
  const given = option as Readonly<Record<string, unknown>>
  return typeof given['child'] !== 'function' && METHODS.some((name) => typeof given[name] === 'function')
}
