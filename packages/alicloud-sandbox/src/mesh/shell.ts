/** What one command printed and how it ended. */
export interface CommandResult {
  exitCode: number;
  output: string;
}

/** Runs one command given as words; undefined when there is no such command. */
export type CommandTable = (
  words: string[],
) => Promise<CommandResult> | undefined;

type Operator = '&&' | '||' | ';';

interface Step {
  /** How this step hangs on the one before. */
  after: Operator;
  words: string[];
}

/**
 * The small part of a shell that connectivity Jobs use: words with quotes, `&&`, `||`, `;`, `$VAR`, and redirections to
 * /dev/null or between output streams. Anything else is a syntax error with exit code 2, as in a real shell.
 */
export async function runShell(
  script: string,
  env: Record<string, string>,
  run: CommandTable,
): Promise<CommandResult> {
  let steps: Step[];
  try {
    steps = parse(script, env);
  } catch (error) {
    return { exitCode: 2, output: `sh: ${(error as Error).message}\n` };
  }
  let exitCode = 0;
  let output = '';
  for (const { after, words } of steps) {
    const skip =
      (after === '&&' && exitCode !== 0) || (after === '||' && exitCode === 0);
    if (!skip && words.length > 0) {
      const { silent, rest } = withoutRedirections(words);
      if (rest[0] === 'exit') {
        return { exitCode: Number(rest[1] ?? exitCode), output };
      }
      const result = (await run(rest)) ?? {
        exitCode: 127,
        output: `sh: ${rest[0]}: not found\n`,
      };
      exitCode = result.exitCode;
      output += silent ? '' : result.output;
    }
  }
  return { exitCode, output };
}

/** Replaces `$(NAME)` as the kubelet does in command and args. */
export function expandReferences(
  text: string,
  env: Record<string, string>,
): string {
  return text.replace(/\$\(([A-Za-z_]\w*)\)/g, (whole, name) =>
    name in env ? env[name] : whole,
  );
}

function withoutRedirections(words: string[]): {
  silent: boolean;
  rest: string[];
} {
  const text = words.join(' ');
  const silent = /(^|\s)(1?>|&>)\s?\/dev\/null/.test(text);
  const rest: string[] = [];
  for (let i = 0; i < words.length; i++) {
    if (/^(\d|&)?>$/.test(words[i])) {
      i++;
    } else if (!/^(\d|&)?>(&\d|\/dev\/null)$/.test(words[i])) {
      rest.push(words[i]);
    }
  }
  return { silent, rest };
}

const TOKEN =
  /\s*(?:#[^\n]*|(\n|;|&&|\|\|)|((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|\d?>&\d|&>|[^\s'"\\;&|<>()`]|>)+)|(\S))/gy;

function parse(script: string, env: Record<string, string>): Step[] {
  const steps: Step[] = [{ after: ';', words: [] }];
  TOKEN.lastIndex = 0;
  for (const [, operator, word, other] of script
    .trimEnd()
    .matchAll(new RegExp(TOKEN.source, 'gy'))) {
    if (operator) {
      steps.push({
        after: operator === '\n' ? ';' : (operator as Operator),
        words: [],
      });
    } else if (word !== undefined) {
      steps[steps.length - 1].words.push(unquote(word, env));
    } else if (other !== undefined) {
      throw new Error(`syntax error: unexpected "${other}"`);
    }
  }
  return steps;
}

function unquote(word: string, env: Record<string, string>): string {
  const expand = (text: string) => {
    if (/\$\(/.test(text)) {
      throw new Error('syntax error: command substitution is not supported');
    }
    return text.replace(
      /\$(?:\{(\w+)\}|(\w+))/g,
      (_, braced, bare) => env[braced ?? bare] ?? '',
    );
  };
  return word.replace(
    /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^'"\\]+)/g,
    (_, single, double, escaped, plain) =>
      single ??
      escaped ??
      (double !== undefined
        ? expand(double).replace(/\\(["\\$])/g, '$1')
        : expand(plain)),
  );
}
