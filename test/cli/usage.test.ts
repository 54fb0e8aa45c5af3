import { describe, expect, it } from 'vitest'
import { keelson } from './console.js'

describe('the command line', { timeout: 60_000 }, () => {
  it('prints the help on stderr, and ends with 64, when no command is given', async () => {
    const { code, stdout, stderr } = await keelson([])
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).toContain('Usage: keelson')
  })

  it('tells of an unknown command, with the one that was meant', async () => {
    expect(await keelson(['grpah'])).toMatchObject({
      code: 64,
      stdout: '',
      stderr: "keelson: unknown command 'grpah'\n  Did you mean graph?\n"
    })
  })

  it('tells of an unknown option, with the one that was meant', async () => {
    expect(await keelson(['--jsom'])).toMatchObject({
      code: 64,
      stdout: '',
      stderr: "keelson: unknown option '--jsom'\n  Did you mean --json?\n"
    })
  })

  it('tells of it as one JSON object under --json', async () => {
    const { errorJson } = await keelson(['--json', '--nonsense'])
    expect(errorJson()).toEqual({
      error: {
        message: "unknown option '--nonsense'",
        hint: 'keelson --help lists the commands, and keelson help <command> its options.',
        exitCode: 64
      }
    })
  })

  it('tells in the help what the exit codes mean', async () => {
    const { stdout } = await keelson(['--help'])
    const told = stdout.slice(stdout.indexOf('Exit codes:'))
    for (const code of [0, 1, 64, 70, 78]) expect(told).toMatch(new RegExp(`\\b${code} [a-z]`))
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

  it('has colours where the environment forces them, and none where it forces them off', async () => {
    const colored = async (env: Record<string, string>, isTTY: boolean): Promise<boolean> => {
      let text = ''
      const write = (part: string): void => void (text += part)
      await keelson(['nonsense'], { env, stderr: { write, isTTY } })
      return text.includes('\u001B[31m')
    }
    expect(await colored({}, true)).toBe(true)
    expect(await colored({}, false)).toBe(false)
    expect(await colored({ FORCE_COLOR: '1' }, false)).toBe(true)
    expect(await colored({ FORCE_COLOR: '1', NO_COLOR: '1' }, true)).toBe(false)
    expect(await colored({ FORCE_COLOR: '0' }, false)).toBe(false)
    expect(await colored({ FORCE_COLOR: '0' }, true)).toBe(false)
  })
})
