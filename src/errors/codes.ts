/** Where a code turns up: the class that carries it, or `warning` for a line of the log. */
export type CodeCarrier =
  | 'ConfigurationError'
  | 'WiringError'
  | 'LifecycleError'
  | 'StartError'
  | 'StopError'
  | 'MaxRestartsExceededError'
  | 'ExitError'
  | 'warning'

/** One line of {@link ERROR_CODES}. */
export interface CodeEntry {
  /** Who carries it as a rule; a problem found while wiring may carry any of them. */
  readonly carrier: CodeCarrier
  /** What went wrong, in one sentence. */
  readonly meaning: string
  /** What to do about it; the hint of an error that brings none of its own. */
  readonly fix: string
}

/**
 * Every code that an error or a warning of Keelson can carry. README's error section is checked against this
 * table in both directions. A code that goes out of use is never given another meaning.
 */
export const ERROR_CODES = {
  KEEL_INVALID_DURATION: {
    carrier: 'ConfigurationError',
    meaning: 'A duration is neither a number of milliseconds, 0 or more, nor a string such as 250ms or 1.5s.',
    fix: 'Give a number of milliseconds or a string with units, such as 250ms, 1.5s, 5m, 2h, 1d.'
  },
  KEEL_INVALID_CRON: {
    carrier: 'ConfigurationError',
    meaning: 'A cron expression cannot be read or never matches, or its time zone is unknown.',
    fix: 'Give five fields, or six with seconds first, and an IANA time zone such as Europe/Berlin.'
  },
  KEEL_INVALID_OPTION: {
    carrier: 'ConfigurationError',
    meaning: 'An option has a value that it cannot have, or a decorator stands where it cannot work.',
    fix: 'Change it to one of the values that the message names.'
  },
  KEEL_NOT_A_MODULE: {
    carrier: 'ConfigurationError',
    meaning: 'Something that is no module was imported, exported or booted as one.',
    fix: 'Mark the class with @Module(), or give { module: TheClass, … }; an undefined import is an import cycle between files: write () => TheModule.'
  },
  KEEL_DUPLICATE_NAME: {
    carrier: 'ConfigurationError',
    meaning: 'Two services claim one explicit name.',
    fix: 'Give each its own name; without one, names are made unique by themselves.'
  },
  KEEL_INVALID_PROVIDER: {
    carrier: 'ConfigurationError',
    meaning: 'An entry among providers is neither a class nor a provider with one way to make its value.',
    fix: 'List a class, or { provide, useClass | useValue | useFactory | useExisting }; an undefined entry is an import cycle between files.'
  },
  KEEL_MISSING_PROVIDER: {
    carrier: 'WiringError',
    meaning: 'Something is needed that nothing provides where it is needed.',
    fix: 'List a provider for it in the module, import a module that exports it, or make the dependency optional.'
  },
  KEEL_DEPENDENCY_CYCLE: {
    carrier: 'WiringError',
    meaning: 'Services wait for each other, so that none of them can be first.',
    fix: 'Make one edge lazy, lazy(() => Other), or move what they share into a service of its own.'
  },
  KEEL_NOT_EXPORTED: {
    carrier: 'WiringError',
    meaning: 'A module has the provider but keeps it to itself, or exports what it does not have.',
    fix: 'Add it to the exports of the module that has it, and import that module.'
  },
  KEEL_ERASED_TYPE: {
    carrier: 'WiringError',
    meaning: 'The type of a parameter does not exist at run time, so it cannot be a token.',
    fix: 'Import the class as a value, not with `import type`; for an interface, a union or a primitive say @Inject(TOKEN) or inject: [...].'
  },
  KEEL_NO_METADATA: {
    carrier: 'WiringError',
    meaning: 'A constructor has parameters, and nothing says what they are: the compiler emitted no types.',
    fix: 'Say @Service({ inject: [A, B] }) or use inject(A) in a field; or compile with emitDecoratorMetadata by tsc, swc, oxc or Bun (tsx and esbuild never emit it).'
  },
  KEEL_DUPLICATE_PROVIDER: {
    carrier: 'WiringError',
    meaning: 'One token has two providers that both claim to be the one.',
    fix: 'Remove one, or mark both multi: true and ask for all of them.'
  },
  KEEL_CAPTIVE_DEPENDENCY: {
    carrier: 'WiringError',
    meaning: 'Something that lives as long as the application needs something that lives as long as a scope.',
    fix: 'Make the dependency a singleton, or get it from app.createScope() when it is needed.'
  },
  KEEL_NOT_A_SERVICE: {
    carrier: 'WiringError',
    meaning: 'A class has hooks, tasks or checks that nobody would ever call, since it is not a service.',
    fix: 'Mark it with @Service(); a base class that its subclasses make a service needs no mark.'
  },
  KEEL_FOREIGN_HOOK: {
    carrier: 'warning',
    meaning: 'A class has a hook by its NestJS name, which Keelson does not call.',
    fix: 'Rename it, on a service: onModuleInit and onApplicationBootstrap to onStart or onReady, beforeApplicationShutdown to onDrain, onModuleDestroy and onApplicationShutdown to onShutdown.'
  },
  KEEL_AMBIGUOUS_TOKEN: {
    carrier: 'LifecycleError',
    meaning: 'A token means different things in different modules, and the call does not say which.',
    fix: 'Say from which module: app.get(token, { from: TheModule }).'
  },
  KEEL_UNKNOWN_TOKEN: {
    carrier: 'LifecycleError',
    meaning: 'The application has nothing under this token.',
    fix: 'Provide it in a module of the application, or ask for a class that it has.'
  },
  KEEL_INJECT_OUTSIDE_CONSTRUCTION: {
    carrier: 'LifecycleError',
    meaning: 'A call of inject() came while nothing was being constructed.',
    fix: 'Call it in a field initialiser or constructor of a class that the application constructs; later, use app.get() or a lazy() dependency.'
  },
  KEEL_CONSTRUCTION_TOO_DEEP: {
    carrier: 'LifecycleError',
    meaning: 'A chain of inject() calls nested more constructors than the stack can hold.',
    fix: 'Declare some of the dependencies, inject: [...] or constructor parameters: declared ones do not nest.'
  },
  KEEL_ASYNC_NOT_READY: {
    carrier: 'LifecycleError',
    meaning: 'The value of an async factory, or a lazy dependency, was asked for before it existed.',
    fix: 'Declare the dependency, inject: [TOKEN] or a constructor parameter: what is declared is awaited first.'
  },
  KEEL_DISPOSED: {
    carrier: 'LifecycleError',
    meaning:
      'The application or scope has been disposed and gives out nothing any more, or a child was removed.',
    fix: 'Get what you need before it is disposed, or create a new application; add a removed child again.'
  },
  KEEL_NO_CONTAINER: {
    carrier: 'LifecycleError',
    meaning: 'Something needs an application, but this service lives on its own.',
    fix: 'Start it through createApplication() or bootstrap(), or hand the dependency to its constructor.'
  },
  KEEL_ALREADY_STARTED: {
    carrier: 'LifecycleError',
    meaning: 'A call of start() came while it runs already.',
    fix: 'Use maybeStart(), or stop it first.'
  },
  KEEL_START_ABORTED: {
    carrier: 'LifecycleError',
    meaning: 'The start was abandoned, because a stop came before it was over.',
    fix: 'Nothing to mend if the stop was wanted.'
  },
  KEEL_ILLEGAL_TRANSITION: {
    carrier: 'LifecycleError',
    meaning: 'A service cannot go from its state to the one asked for.',
    fix: 'Look at state before, or wait for state$ to show the one you need.'
  },
  KEEL_START_TIMEOUT: {
    carrier: 'LifecycleError',
    meaning: 'A hook, a factory or the whole start took longer than its startTimeout.',
    fix: 'Move long work into a @Task(), or raise startTimeout.'
  },
  KEEL_STOP_TIMEOUT: {
    carrier: 'LifecycleError',
    meaning: 'A hook or task took longer to end than its limit allows, and was left behind.',
    fix: 'Let it end when its signal aborts, or raise stopTimeout, drainTimeout or shutdownTimeout.'
  },
  KEEL_TASK_TIMEOUT: {
    carrier: 'LifecycleError',
    meaning: 'A task or a run of a timer or cron took longer than its timeout.',
    fix: 'Let it end when its signal aborts, or raise its timeout.'
  },
  KEEL_WAIT_TIMEOUT: {
    carrier: 'LifecycleError',
    meaning: 'What was waited for did not happen in time.',
    fix: 'Raise the timeout, or look at what holds it up.'
  },
  KEEL_SELF_WAIT: {
    carrier: 'LifecycleError',
    meaning: 'A service waits in its own work for its own start or end, which would never come.',
    fix: 'Use stopRequested(), or wait from outside the service.'
  },
  KEEL_LEFT_BEHIND: {
    carrier: 'LifecycleError',
    meaning: 'A task, timer or handle of the application was still there after its end.',
    fix: 'Let it end when its signal aborts, and release in onShutdown or defer() what onStart opened.'
  },
  KEEL_BLOCKED_EVENT_LOOP: {
    carrier: 'warning',
    meaning: 'Synchronous code kept the event loop from turning for longer than blockingTimeout.',
    fix: 'Split the work, or move it to a worker thread.'
  },
  KEEL_START_FAILED: {
    carrier: 'StartError',
    meaning: 'A service could not start; what had started was stopped again.',
    fix: 'Mend what the cause tells and start again.'
  },
  KEEL_STOP_FAILED: {
    carrier: 'StopError',
    meaning: 'Everything was stopped, but some of it failed or did not end in time.',
    fix: 'Look at errors: each is a failure of its own, none kept the others from stopping.'
  },
  KEEL_MAX_RESTARTS: {
    carrier: 'MaxRestartsExceededError',
    meaning: 'A supervisor restarted its services more often than it may and gave up.',
    fix: 'Mend what the cause tells, or raise maxRestarts, or lower within and backoff.'
  },
  KEEL_EXIT: {
    carrier: 'ExitError',
    meaning: 'A task asked the process to stop in order and to exit with a certain code.',
    fix: 'Nothing to mend: the exit was asked for.'
  }
} as const satisfies Record<string, CodeEntry>

/** A code of {@link ERROR_CODES}. */
export type KeelsonErrorCode = keyof typeof ERROR_CODES
