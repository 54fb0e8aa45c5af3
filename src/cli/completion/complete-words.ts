import type { Argument, Command, Option } from 'commander'
import { LEVELS } from '../levels.js'

/** A word that may stand where the cursor is. */
export interface Candidate {
  readonly value: string
  /** For shells that show it. */
  readonly description?: string
}

/** What may stand where the cursor is: words, or what somebody else has to list. */
export type Completion =
  | { readonly kind: 'values'; readonly candidates: readonly Candidate[] }
  /** The shell lists them. */
  | { readonly kind: 'files' | 'folders' }
  /** A running program lists them: the one of `--socket`, if that was given. */
  | { readonly kind: 'services' | 'tasks'; readonly typed: string; readonly socket: string | undefined }

/** What the name of a value, as the help has it, says of what it may be; of others nothing is known. */
const KINDS: Readonly<Record<string, 'files' | 'folders' | 'levels' | 'commands' | 'services' | 'tasks'>> = {
  entry: 'files',
  args: 'files',
  file: 'files',
  path: 'files',
  snapshot: 'files',
  'path|pid|name': 'files',
  folder: 'folders',
  level: 'levels',
  command: 'commands',
  service: 'services',
  'service.task': 'tasks'
}

/**
 * What may stand at the end of a command line, by what commander knows of the commands.
 *
 * @param program with all its commands
 * @param words those behind its name; the last one is being typed, and may be empty
 */
export function completeWords(program: Command, words: readonly string[]): Completion {
  const typed = words.at(-1) ?? ''
  const place = findPlace(program, words.slice(0, -1))
  const { command, option } = place
  if (option !== undefined) return completeValue(place, option.argChoices, valueName(option), typed)
  if (!place.isPastOptions && typed.startsWith('-')) return completeOption(place, typed)
  if (command.commands.length > 0) {
    return place.operands > 0 ? values([], typed) : values(commandsOf(command), typed)
  }
  const argument = argumentAt(command, place.operands)
  return argument === undefined
    ? values([], typed)
    : completeValue(place, argument.argChoices, argument.name(), typed)
}

/** Where on the command line somebody types. */
interface Place {
  readonly program: Command
  readonly command: Command
  /** The one whose value is next. */
  readonly option: Option | undefined
  /** Behind `--`. */
  readonly isPastOptions: boolean
  /** So many arguments of the command stand there already. */
  readonly operands: number
  /** What `--socket` is, if it was given. */
  readonly socket: string | undefined
}

function findPlace(program: Command, before: readonly string[]): Place {
  let command = program
  let option: Option | undefined
  let isPastOptions = false
  let operands = 0
  let socket: string | undefined
  for (const word of before) {
    if (option !== undefined) {
      if (option.long === '--socket') socket = word
      option = undefined
    } else if (isPastOptions || !word.startsWith('-') || word === '-') {
      const next = operands === 0 ? subcommandOf(command, word) : undefined
      if (next === undefined) operands++
      else command = next
    } else if (word === '--') isPastOptions = true
    else {
      const [flag, value] = splitAtEquals(word)
      const named = optionsOf(command).find(({ long, short }) => flag === long || flag === short)
      if (value === undefined && named?.required === true) option = named
      else if (flag === '--socket') socket = value
    }
  }
  return { program, command, option, isPastOptions, operands, socket }
}

function completeOption(place: Place, typed: string): Completion {
  const options = optionsOf(place.command)
  const [flag, value] = splitAtEquals(typed)
  if (value === undefined) {
    const candidates = options.map(({ long, short, description }) => ({
      value: (short === typed ? short : long) ?? '',
      description
    }))
    return values(candidates, typed)
  }
  const option = options.find(({ long, required }) => required && flag === long)
  if (option === undefined) return values([], typed)
  const completion = completeValue(place, option.argChoices, valueName(option), value)
  if (completion.kind !== 'values') return completion
  const candidates = completion.candidates.map((each) => ({ ...each, value: `${flag}=${each.value}` }))
  return { kind: 'values', candidates }
}

function completeValue(
  { program, command, socket }: Place,
  choices: readonly string[] | undefined,
  name: string,
  typed: string
): Completion {
  if (choices !== undefined) return values(named(choices), typed)
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined
  switch (kind) {
    case undefined:
      return values([], typed)
    case 'commands':
      return values(commandsOf(program), typed)
    case 'levels':
      return values(named(LEVELS), typed)
    case 'files':
    case 'folders':
      return { kind }
    case 'services':
    case 'tasks': {
      // else it is a service of the program that an entry describes
      const isOfRunning = command.options.some(({ long }) => long === '--socket')
      return isOfRunning ? { kind, typed, socket } : values([], typed)
    }
  }
}

/** Those that begin with what has been typed. */
export function values(candidates: readonly Candidate[], typed: string): Completion {
  return { kind: 'values', candidates: candidates.filter(({ value }) => value.startsWith(typed)) }
}

function named(names: readonly string[]): Candidate[] {
  return names.map((value) => ({ value }))
}

function commandsOf(command: Command): Candidate[] {
  const help = command.createHelp()
  return help
    .visibleCommands(command)
    .map((each) => ({ value: each.name(), description: help.subcommandDescription(each) }))
}

function subcommandOf(command: Command, name: string): Command | undefined {
  const visible = command.createHelp().visibleCommands(command)
  return visible.find((each) => each.name() === name || each.aliases().includes(name))
}

/** Its own, and those that every command has. */
function optionsOf(command: Command): Option[] {
  const help = command.createHelp()
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)]
}

function argumentAt({ registeredArguments }: Command, index: number): Argument | undefined {
  const last = registeredArguments.at(-1)
  return registeredArguments[index] ?? (last?.variadic === true ? last : undefined)
}

/** `file` of `--env-file <file>`. */
function valueName({ flags }: Option): string {
  return /[<[](.+?)(?:\.{3})?[>\]]/.exec(flags)?.[1] ?? ''
}

function splitAtEquals(word: string): [flag: string, value?: string] {
  const at = word.startsWith('--') ? word.indexOf('=') : -1
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)]
}
