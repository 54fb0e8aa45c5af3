import type { Duration } from '../time/index.js'

/**
 * What a supervisor does when one of its services crashes.
 *
 * | strategy | a service crashes, and |
 * |---|---|
 * | `one-for-one` | it alone restarts |
 * | `one-for-all` | all stop, in reverse order, and all restart, in order |
 * | `rest-for-one` | it and those after it restart |
 * | `dependents` | it and exactly those that depend on it, directly or not, in other modules too, restart |
 * | `forfeit-one-for-one` | it stops for good |
 * | `forfeit-one-for-all` | all stop for good |
 * | `crash` | the crash climbs |
 *
 * The first three are those of Erlang/OTP's `supervisor`, the last three those of the Python library `mode`.
 */
export type RestartStrategy =
  | 'one-for-one'
  | 'one-for-all'
  | 'rest-for-one'
  | 'dependents'
  | 'forfeit-one-for-one'
  | 'forfeit-one-for-all'
  | 'crash'

/** How long a supervisor waits before each restart. */
export interface BackoffOptions {
  /** Before the first restart. @defaultValue '1s', or `max` where that is shorter */
  readonly initial?: Duration | undefined
  /** Each delay is this many times the one before it; 1 or more. @defaultValue 2 */
  readonly factor?: number | undefined
  /** The longest delay, jitter included; `Infinity` allowed. @defaultValue '30s', or `initial` where that is longer */
  readonly max?: Duration | undefined
  /** How far a delay may vary at random in either direction, as a fraction of it; 0 to 1. @defaultValue 0.2 */
  readonly jitter?: number | undefined
  /** A service that was up this long starts over with `initial`; `Infinity`: never. @defaultValue '60s' */
  readonly resetAfter?: Duration | undefined
}

/**
 * What a supervisor does about crashes: `@Module({ supervisor })`, `bootstrap(App, { supervisor })`,
 * `new Supervisor(services, options)`. A service whose first start fails is not restarted: that start fails.
 *
 * @typeParam S what its services are
 */
export interface SupervisorOptions<S = object> {
  /** Which services restart when one crashes. @defaultValue 'one-for-one' */
  readonly strategy?: RestartStrategy | undefined
  /** More restarts than this in one window make the supervisor give up; `Infinity` allowed. @defaultValue 5 */
  readonly maxRestarts?: number | undefined
  /**
   * Length of that window; never less than twice the sum of the first `maxRestarts` delays; `Infinity` allowed.
   *
   * @defaultValue '60s'
   */
  readonly within?: Duration | undefined
  /** Delays before restarts; `false`: none. @defaultValue all defaults of {@link BackoffOptions} */
  readonly backoff?: BackoffOptions | false | undefined
  /**
   * Gives the instance that is to run in place of the one that crashed: any service will do. Default: the same one again.
   *
   * Meant for `new Supervisor([...])`, whose services are injected nowhere. Under the supervisor of a module, hooks, tasks and
   * timers are those of the new instance, while what was injected, and what `app.get()` gives, remains the old one: let a
   * service reopen its connection in `onStart` rather than replace it.
   */
  readonly replacement?: ((service: S, index: number) => object | Promise<object>) | undefined
}
