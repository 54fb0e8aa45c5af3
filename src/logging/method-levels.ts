/** The levels of pino that a logger has a method for. Apart from all else: the command looks at loggers without loading that. */
export const METHOD_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
