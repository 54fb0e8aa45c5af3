import 'reflect-metadata'
import { Injectable, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Cron, Interval, ScheduleModule } from '@nestjs/schedule'

export const timers = (count, period, tick) => ticking(count, tick, Interval(period))
export const crons = (count, tick) => ticking(count, tick, Cron('* * * * * *'))

/** One provider with that many decorated methods. Making the application and arming are one step. */
function ticking(count, tick, decorate) {
  class Ticking {}
  for (let n = 0; n < count; n++) {
    const key = `tick${n}`
    Object.defineProperty(Ticking.prototype, key, {
      value: () => tick(n),
      writable: true,
      configurable: true
    })
    decorate(Ticking.prototype, key, Object.getOwnPropertyDescriptor(Ticking.prototype, key))
  }
  Injectable()(Ticking)
  class Root {}
  Module({ imports: [ScheduleModule.forRoot()], providers: [Ticking] })(Root)
  return () => NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false })
}
