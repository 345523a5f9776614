import { defineCommand } from '../command.js'
import { completions } from '../completions.js'
import { UsageError } from '../errors.js'
import { EXIT } from '../exit-codes.js'

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_vitra() {
  local IFS=$'\\n'
  COMPREPLY=($(vitra completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then compopt -o default
  elif [[ \${COMPREPLY[0]} == */ ]]; then compopt -o nospace
  fi
}
complete -F _vitra vitra`,
  zsh: `#compdef vitra
_vitra() {
  local -a found
  found=("\${(@f)$(vitra completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -z "$found" ]]; then _files
  elif [[ "$found[1]" == */ ]]; then compadd -S '' -- $found
  else compadd -- $found
  fi
}
compdef _vitra vitra`,
  fish: `complete -c vitra -k -a '(vitra completion words -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'`,
}

export const completion = defineCommand({
  name: 'completion',
  args: '<shell>',
  argsSay: {
    shell: 'bash, zsh or fish; words, with a command line after --, for other programs',
    words: 'the words of a command line, the last one unfinished',
  },
  completes: { shell: ['bash', 'fish', 'zsh'] },
  takesParams: true,
  outsideSessions: true,
  summary: 'Print what makes the shell complete commands, options, methods and paths',
  details: `Methods and paths are those of the database that commands work on in that place.

With words in place of a shell it prints what the last word of a command line may become, a line each.`,
  examples: [
    { run: 'vitra completion bash >> ~/.bashrc', says: 'from the next shell on' },
    { run: 'vitra completion zsh >> ~/.zshrc', says: 'after compinit' },
    { run: 'vitra completion fish > ~/.config/fish/completions/vitra.fish', says: 'at once' },
    { run: 'vitra completion words -- call inc', says: 'what inc may become' },
  ],
  async run({ context, args: [shell], words }) {
    const script = SCRIPTS[shell!]
    if (script === undefined && shell !== 'words')
      throw new UsageError('USAGE', `${shell} is not known here`, 'there is bash, zsh and fish')
    const found =
      script === undefined ? await completions(words[0] === '--' ? words.slice(1) : words, context) : null
    context.out.result(found === null ? { script } : { words: found }, found ?? [script!])
    return EXIT.ok
  },
})
