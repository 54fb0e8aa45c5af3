import type { RestartStrategy } from '../../src/supervisor/index.js'

/**
 * A service or a supervisor. With `strategy` it is a supervisor: of a module, of the application, or one made by hand.
 * A service without `by` and `owner` stands in the application, unsupervised.
 */
export interface Part {
  readonly strategy?: RestartStrategy
  /** The supervisor that answers for it. */
  readonly by?: string
  /** The service whose child it is. */
  readonly owner?: string
  /** What it depends on. */
  readonly needs?: readonly string[]
  /** Default `transient`. */
  readonly restart?: 'permanent' | 'transient' | 'temporary'
  /** It had ended or been stopped by hand before. */
  readonly down?: true
  /** Needed through `wanted(...)` alone. */
  readonly mayFail?: true
}

export interface Decision {
  readonly title: string
  /** In start order. */
  readonly parts: Readonly<Record<string, Part>>
  /** What happens. A part that `stopsItself` or `isStopped` has stopped those that need it first. */
  readonly when:
    | { readonly crashes: string }
    | { readonly stopsItself: string }
    | { readonly isStopped: string }
  /** Supervisors with nothing left of their restart budget. */
  readonly spent?: readonly string[]
  /** Services, in the order in which they are stopped because of it. */
  readonly stops?: readonly string[]
  /** Services, in the order in which they start again. */
  readonly restarts?: readonly string[]
  /** Services that are not disturbed. */
  readonly keeps?: readonly string[]
  /** The supervisor whose budget is charged with one unit. */
  readonly charged?: string
  /** Who crashes as well: children, then owners, supervisors, and at last `'application'`. */
  readonly alsoCrash?: readonly string[]
}

// One module, three services in a row: C needs B needs A
const row = (strategy: RestartStrategy): Readonly<Record<string, Part>> => ({
  Shop: { strategy },
  A: { by: 'Shop' },
  B: { by: 'Shop', needs: ['A'] },
  C: { by: 'Shop', needs: ['B'] }
})

// Two modules: Web's services need Shop's, each module has a supervisor, the application's is above both
const shopAndWeb = (shop: RestartStrategy, web: RestartStrategy): Readonly<Record<string, Part>> => ({
  App: { strategy: 'one-for-one' },
  Shop: { strategy: shop, by: 'App' },
  Database: { by: 'Shop' },
  Orders: { by: 'Shop', needs: ['Database'] },
  Stock: { by: 'Shop', needs: ['Database'] },
  Web: { strategy: web, by: 'App' },
  Gateway: { by: 'Web', needs: ['Orders'] },
  Assets: { by: 'Web' }
})

export const decisionTable: readonly Decision[] = [
  // one module, one supervisor

  {
    title: 'one-for-one: it alone restarts, its dependants keep running',
    parts: row('one-for-one'),
    when: { crashes: 'A' },
    restarts: ['A'],
    keeps: ['B', 'C'],
    charged: 'Shop'
  },
  {
    title: 'one-for-all: all stop in reverse and restart in order, for one unit',
    parts: row('one-for-all'),
    when: { crashes: 'B' },
    stops: ['C', 'A'],
    restarts: ['A', 'B', 'C'],
    charged: 'Shop'
  },
  {
    title: 'rest-for-one: it and those after it restart, those before keep running',
    parts: row('rest-for-one'),
    when: { crashes: 'B' },
    stops: ['C'],
    restarts: ['B', 'C'],
    keeps: ['A'],
    charged: 'Shop'
  },
  {
    title: 'rest-for-one goes by start order, not by dependencies',
    parts: { Shop: { strategy: 'rest-for-one' }, A: { by: 'Shop' }, B: { by: 'Shop' }, C: { by: 'Shop' } },
    when: { crashes: 'A' },
    stops: ['C', 'B'],
    restarts: ['A', 'B', 'C'],
    charged: 'Shop'
  },
  {
    title: 'forfeit-one-for-one: it stops for good, nothing else is touched',
    parts: row('forfeit-one-for-one'),
    when: { crashes: 'A' },
    keeps: ['B', 'C']
  },
  {
    title: 'forfeit-one-for-all: all stop for good, in reverse',
    parts: row('forfeit-one-for-all'),
    when: { crashes: 'B' },
    stops: ['C', 'A']
  },
  {
    title: 'crash: with nobody above, the application crashes',
    parts: { ...row('crash'), Alone: {} },
    when: { crashes: 'B' },
    stops: ['Alone', 'C', 'A'],
    alsoCrash: ['Shop', 'application']
  },

  // several modules

  {
    title: 'dependents: exactly those that depend on it restart, through modules, in graph order',
    parts: shopAndWeb('dependents', 'one-for-one'),
    when: { crashes: 'Orders' },
    stops: ['Gateway'],
    restarts: ['Orders', 'Gateway'],
    keeps: ['Database', 'Stock', 'Assets'],
    charged: 'Shop'
  },
  {
    title:
      "dependents: a diamond stops and restarts each service once, and the unit is the supervisor's who decides",
    parts: shopAndWeb('dependents', 'crash'),
    when: { crashes: 'Database' },
    stops: ['Gateway', 'Stock', 'Orders'],
    restarts: ['Database', 'Orders', 'Stock', 'Gateway'],
    keeps: ['Assets'],
    charged: 'Shop'
  },
  {
    title: 'one-for-all ends at its own module: dependants elsewhere keep running',
    parts: shopAndWeb('one-for-all', 'one-for-one'),
    when: { crashes: 'Stock' },
    stops: ['Orders', 'Database'],
    restarts: ['Database', 'Orders', 'Stock'],
    keeps: ['Gateway', 'Assets'],
    charged: 'Shop'
  },
  {
    title: 'crash: the supervisor above restarts the module as a whole, on its own budget',
    parts: shopAndWeb('crash', 'one-for-one'),
    when: { crashes: 'Orders' },
    stops: ['Stock', 'Database'],
    restarts: ['Database', 'Orders', 'Stock'],
    keeps: ['Gateway', 'Assets'],
    charged: 'App',
    alsoCrash: ['Shop']
  },
  {
    title: 'a spent budget: the services stop, the supervisor crashes, and the one above decides',
    parts: shopAndWeb('one-for-one', 'one-for-one'),
    when: { crashes: 'Database' },
    spent: ['Shop'],
    stops: ['Stock', 'Orders'],
    restarts: ['Database', 'Orders', 'Stock'],
    keeps: ['Gateway', 'Assets'],
    charged: 'App',
    alsoCrash: ['Shop']
  },
  {
    title: 'all budgets spent: the application crashes',
    parts: shopAndWeb('one-for-all', 'one-for-one'),
    when: { crashes: 'Assets' },
    spent: ['Web', 'App'],
    stops: ['Gateway', 'Stock', 'Orders', 'Database'],
    alsoCrash: ['Web', 'App', 'application']
  },
  {
    title: 'a strategy that charges nothing asks no budget',
    parts: shopAndWeb('forfeit-one-for-one', 'one-for-one'),
    when: { crashes: 'Stock' },
    spent: ['Shop', 'App'],
    keeps: ['Database', 'Orders', 'Gateway', 'Assets']
  },
  {
    title: 'one-for-all above: a module that gives up takes the other along, and all restart for one unit',
    parts: { ...shopAndWeb('crash', 'one-for-one'), App: { strategy: 'one-for-all' } },
    when: { crashes: 'Database' },
    stops: ['Stock', 'Orders', 'Assets', 'Gateway'],
    restarts: ['Database', 'Orders', 'Stock', 'Gateway', 'Assets'],
    charged: 'App',
    alsoCrash: ['Shop']
  },

  // restart types

  {
    title: 'a temporary service stays crashed and touches nobody, whatever the strategy',
    parts: { ...row('one-for-all'), B: { by: 'Shop', needs: ['A'], restart: 'temporary' } },
    when: { crashes: 'B' },
    keeps: ['A', 'C']
  },
  {
    title: 'a temporary service never climbs',
    parts: { ...row('crash'), B: { by: 'Shop', needs: ['A'], restart: 'temporary' } },
    when: { crashes: 'B' },
    keeps: ['A', 'C']
  },
  {
    title: 'a temporary bystander of a group restart stops and stays gone',
    parts: { ...row('one-for-all'), C: { by: 'Shop', restart: 'temporary' } },
    when: { crashes: 'A' },
    stops: ['C', 'B'],
    restarts: ['A', 'B'],
    charged: 'Shop'
  },
  {
    title: 'a transient service that ended by itself stays ended, and so does what stopped with it',
    parts: row('one-for-all'),
    when: { stopsItself: 'B' },
    keeps: ['A']
  },
  {
    title:
      'a permanent service that ended by itself restarts, and what stopped with it, elsewhere too, but no temporary one',
    parts: {
      ...shopAndWeb('one-for-one', 'one-for-one'),
      Orders: { by: 'Shop', needs: ['Database'], restart: 'permanent' },
      Report: { by: 'Web', needs: ['Gateway'], restart: 'temporary' }
    },
    when: { stopsItself: 'Orders' },
    restarts: ['Orders', 'Gateway'],
    keeps: ['Database', 'Stock', 'Assets'],
    charged: 'Shop'
  },
  {
    title: 'a permanent service that ended by itself restarts its group',
    parts: { ...row('one-for-all'), B: { by: 'Shop', needs: ['A'], restart: 'permanent' } },
    when: { stopsItself: 'B' },
    stops: ['A'],
    restarts: ['A', 'B', 'C'],
    charged: 'Shop'
  },
  {
    title: 'an end without a crash climbs nowhere',
    parts: { ...row('crash'), B: { by: 'Shop', restart: 'permanent' } },
    when: { stopsItself: 'B' },
    keeps: ['A']
  },
  {
    title: 'an end without a crash forfeits nothing more',
    parts: { ...row('forfeit-one-for-all'), B: { by: 'Shop', restart: 'permanent' } },
    when: { stopsItself: 'B' },
    keeps: ['A']
  },
  {
    title: 'a stop from outside is not undone, not even for a permanent service',
    parts: { ...row('one-for-all'), B: { by: 'Shop', needs: ['A'], restart: 'permanent' } },
    when: { isStopped: 'B' },
    keeps: ['A']
  },
  {
    title: 'a group restart does not bring back what was down before',
    parts: {
      ...row('one-for-all'),
      A: { by: 'Shop', down: true },
      C: { by: 'Shop', restart: 'permanent', down: true }
    },
    when: { crashes: 'B' },
    restarts: ['B'],
    charged: 'Shop'
  },

  // children

  {
    title: "a child's crash crashes its owner, with its other children; the owner's supervisor decides",
    parts: {
      ...row('one-for-one'),
      'B/One': { owner: 'B' },
      'B/Two': { owner: 'B' },
      D: { by: 'Shop' }
    },
    when: { crashes: 'B/One' },
    restarts: ['B', 'B/One', 'B/Two'],
    keeps: ['A', 'C', 'D'],
    charged: 'Shop',
    alsoCrash: ['B', 'B/Two']
  },
  {
    title: 'a child with a supervisor of its own leaves its owner alone',
    parts: {
      B: {},
      'B/Pool': { strategy: 'one-for-all', owner: 'B' },
      'B/One': { by: 'B/Pool' },
      'B/Two': { by: 'B/Pool' }
    },
    when: { crashes: 'B/One' },
    stops: ['B/Two'],
    restarts: ['B/One', 'B/Two'],
    keeps: ['B'],
    charged: 'B/Pool'
  },
  {
    title: 'a supervisor among the children that gives up crashes the owner',
    parts: {
      ...row('rest-for-one'),
      'B/Pool': { strategy: 'one-for-one', owner: 'B' },
      'B/One': { by: 'B/Pool' },
      'B/Two': { by: 'B/Pool' }
    },
    when: { crashes: 'B/One' },
    spent: ['B/Pool'],
    stops: ['B/Two', 'C'],
    restarts: ['B', 'B/One', 'B/Two', 'C'],
    keeps: ['A'],
    charged: 'Shop',
    alsoCrash: ['B/Pool', 'B']
  },
  {
    title: 'grandchildren climb owner by owner, and the application crashes when nobody answers',
    parts: { A: {}, 'A/B': { owner: 'A' }, 'A/B/C': { owner: 'A/B' }, 'A/D': { owner: 'A' }, E: {} },
    when: { crashes: 'A/B/C' },
    stops: ['E'],
    alsoCrash: ['A/B', 'A', 'A/D', 'application']
  },
  {
    title: 'a temporary child stays crashed, its owner runs on',
    parts: { ...row('one-for-one'), 'B/One': { owner: 'B', restart: 'temporary' } },
    when: { crashes: 'B/One' },
    keeps: ['A', 'B', 'C']
  },
  {
    title: 'a group restart takes the children along',
    parts: { ...row('one-for-all'), 'C/One': { owner: 'C' } },
    when: { crashes: 'A' },
    stops: ['C/One', 'C', 'B'],
    restarts: ['A', 'B', 'C', 'C/One'],
    charged: 'Shop'
  },

  // no supervisor

  {
    title: 'an unsupervised crash crashes the application: everything stops in reverse',
    parts: { A: {}, B: { needs: ['A'] }, C: {}, D: { down: true } },
    when: { crashes: 'B' },
    stops: ['C', 'A'],
    alsoCrash: ['application']
  },
  {
    title: 'an unsupervised temporary service stays crashed',
    parts: { A: { restart: 'temporary' }, B: { needs: ['A'] } },
    when: { crashes: 'A' },
    keeps: ['B']
  },
  {
    title: 'what is only wanted may crash',
    parts: { A: { mayFail: true }, B: { needs: ['A'] } },
    when: { crashes: 'A' },
    keeps: ['B']
  },
  {
    title: 'what is only wanted may crash under the strategy "crash" too',
    parts: { Shop: { strategy: 'crash' }, A: { by: 'Shop', mayFail: true }, B: { by: 'Shop', needs: ['A'] } },
    when: { crashes: 'A' },
    keeps: ['B']
  }
]
