import { getTsconfig, type TsConfigJson } from 'get-tsconfig'
import { type Finding, note, problem, well } from './finding.js'

type CompilerOptions = NonNullable<TsConfigJson['compilerOptions']>

/** What the compiler of a project is told. */
export interface ProjectCompiler {
  readonly findings: readonly Finding[]
  /** Whether it is told to emit the types of parameters; undefined: nothing is told. */
  readonly asksForTypes: boolean | undefined
}

/** Reads the tsconfig.json of a folder, with what it extends. */
export function checkCompilerOptions(folder: string): ProjectCompiler {
  let found: ReturnType<typeof getTsconfig>
  try {
    found = getTsconfig(folder)
  } catch (error) {
    const mend = 'Mend it: compilers and loaders read it too.'
    const message = `cannot be read: ${(error as Error).message}`
    return { findings: [problem('tsconfig.json', message, mend)], asksForTypes: undefined }
  }
  if (found === null) {
    const mend = 'A program in TypeScript needs one with experimentalDecorators and emitDecoratorMetadata.'
    return { findings: [note('tsconfig.json', 'there is none', mend)], asksForTypes: undefined }
  }
  const options = found.config.compilerOptions ?? {}
  const asksForTypes = options.experimentalDecorators === true && options.emitDecoratorMetadata === true
  return { findings: [...checkDialect(options), ...(asksForTypes ? checkTraps(options) : [])], asksForTypes }
}

/** Whether a folder is told of no decorators but the standard ones, to which no types are emitted. */
export function hasStandardDecorators(folder: string): boolean {
  try {
    return getTsconfig(folder)?.config.compilerOptions?.experimentalDecorators !== true
  } catch {
    return false
  }
}

function checkDialect({ experimentalDecorators, emitDecoratorMetadata }: CompilerOptions): Finding[] {
  const about = 'tsconfig.json'
  if (experimentalDecorators === true) {
    return emitDecoratorMetadata === true
      ? [well(about, 'experimentalDecorators and emitDecoratorMetadata are on')]
      : [
          note(
            about,
            'emitDecoratorMetadata is off: constructor injection by type will not work',
            'Set "emitDecoratorMetadata": true, or say inject(Feed) in a field.'
          )
        ]
  }
  return emitDecoratorMetadata === true
    ? [
        problem(
          about,
          'emitDecoratorMetadata is on, experimentalDecorators is not: no types are emitted',
          'Set "experimentalDecorators": true as well.'
        )
      ]
    : [
        note(
          about,
          'standard decorators: they have no parameter decorators, and no types are emitted',
          'Say inject(Feed) in a field, or @Service({ inject: [Feed] }).'
        )
      ]
}

function checkTraps(options: CompilerOptions): Finding[] {
  const findings: Finding[] = []
  const erasing = (['verbatimModuleSyntax', 'isolatedModules'] as const).filter(
    (name) => options[name] === true
  )
  if (erasing.length > 0) {
    findings.push(
      note(
        'tsconfig.json',
        `${erasing.join(' and ')}: a class imported with \`import type\` cannot be injected`,
        'Import what is injected without `type`, and switch off lint rules that add it, such as consistent-type-imports.'
      )
    )
  }
  if (definesFields(options)) {
    findings.push(
      note(
        'tsconfig.json',
        'useDefineForClassFields: fields get their values before parameter properties do',
        'Do not use `private readonly feed: Feed` of the constructor in the initialiser of a field; say inject(Feed).'
      )
    )
  }
  return findings
}

/** On by default from target ES2022 on. */
function definesFields({ useDefineForClassFields, target }: CompilerOptions): boolean {
  if (useDefineForClassFields !== undefined) return useDefineForClassFields
  return /^es(20(2[2-9]|[3-9]\d)|next)$/i.test(target ?? 'es5')
}
