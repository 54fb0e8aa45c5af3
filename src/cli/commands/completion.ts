import { Argument } from 'commander'
import { SHELL_SCRIPTS, type Shell } from '../completion/shell-scripts.js'
import { outputOf } from '../output.js'
import type { AddCommand } from '../program.js'

/** `keelson completion <shell>`: what lets a shell complete command lines of `keelson`. */
export const addCompletion: AddCommand = (program, io) => {
  const command = program
    .command('completion')
    .summary('print what lets a shell complete these commands')
    .description(
      'Prints a script that lets a shell complete commands, options, their values, files, and the names of services of ' +
        'a running program.'
    )
    .addArgument(new Argument('<shell>', 'the one you use').choices(Object.keys(SHELL_SCRIPTS)))
    .addHelpText(
      'after',
      '\nTo have it in each new shell, add a line:\n' +
        '  bash  ~/.bashrc                   source <(keelson completion bash)\n' +
        '  zsh   ~/.zshrc, after compinit    source <(keelson completion zsh)\n' +
        '  fish  ~/.config/fish/config.fish  keelson completion fish | source'
    )
    .action((shell: Shell) => {
      const script = SHELL_SCRIPTS[shell]
      outputOf(io, command).result({ shell, script }, script)
    })
}
