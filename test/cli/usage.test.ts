import { describe, expect, it } from 'vitest'
import { keelson } from './console.js'

describe('the command line', () => {
  it('tells of an unknown option, with the one that was meant', async () => {
    expect(await keelson(['--jsom'])).toMatchObject({
      code: 64,
      stdout: '',
      stderr: "keelson: unknown option '--jsom'\n  Did you mean --json?\n"
    })
  })

  it('tells of it as one JSON object under --json', async () => {
    const { errorJson } = await keelson(['--json', '--nonsense'])
    expect(errorJson).toEqual({
      error: {
        message: "unknown option '--nonsense'",
        hint: 'keelson --help lists the commands, and keelson help <command> its options.',
        exitCode: 64
      }
    })
  })

  it('prints the help and the version on stdout when asked to', async () => {
    const help = await keelson(['--help'])
    expect({ code: help.code, stderr: help.stderr }).toEqual({ code: 0, stderr: '' })
    expect(help.stdout).toContain('Usage: keelson')
    expect(await keelson(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/)
    })
  })
})
