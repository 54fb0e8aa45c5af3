import { describe, expect, it } from 'vitest'
import { createLogger, serviceLogger } from '../../src/logging/index.js'

describe('a silent logger', () => {
  it('says nothing, nor do its children, and calls back once all is flushed', () => {
    const logger = createLogger(false)
    const child = serviceLogger(logger, 'Feed')
    for (const one of [logger, child]) {
      one.info({ some: 'thing' }, 'nothing of this')
      one.child({ deeper: true }).fatal('nor of this')
      expect([one.level, one.isLevelEnabled('fatal')]).toEqual(['silent', false])
    }
    let flushed = 0
    logger.flush(() => flushed++)
    expect(flushed).toBe(1)
  })

  it('is a logger of pino to whoever asks for more', () => {
    const logger = createLogger(false)
    const child = logger.child({ service: 'Feed' }).child({ request: 1 })
    expect(child.bindings()).toEqual({ service: 'Feed', request: 1 })
    expect(logger.levels.values['info']).toBe(30)
    expect('version' in logger).toBe(true)
    const loud = logger.child({ service: 'Loud' }, { level: 'debug' })
    expect([loud.level, loud.isLevelEnabled('debug'), loud.bindings()]).toEqual([
      'debug',
      true,
      { service: 'Loud' }
    ])
  })

  it('takes another level, and has it from then on', () => {
    const logger = createLogger(false).child({ service: 'Feed' })
    logger.level = 'warn'
    logger.error('this goes nowhere, since there is no place for it')
    expect([logger.level, logger.isLevelEnabled('warn'), logger.isLevelEnabled('info')]).toEqual([
      'warn',
      true,
      false
    ])
  })
})
