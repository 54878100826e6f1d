// The command line as a whole: which command, its flags as they were written, help and version. The only importer
// of commander; what flags mean is serve-options.ts' business.
import { Command, CommanderError, Option } from 'commander';
import type { ServeOptions } from '../app-options.ts';
import { closest } from '../input/suggest.ts';
import type { CheckRequest } from './check.ts';
import { buildCheck, CHECK_FLAGS } from './check-command.ts';
import { allFlags, flagGroups, type Flag } from './flags.ts';
import type { GivenFlags } from './flag-values.ts';
import { didYouMean, parseServeOptions, type Surroundings } from './serve-options.ts';

export interface ProgramWorld extends Surroundings {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly columns: number;
  readonly serve: (options: ServeOptions) => Promise<number>;
  readonly check: (request: CheckRequest) => Promise<number>;
}

/** Runs what the arguments ask for; resolves with the exit code. */
export async function runProgram(args: readonly string[], world: ProgramWorld): Promise<number> {
  let code = 0;
  const serveCommand = buildServe(async (given) => {
    const parsed = parseServeOptions(given, world);
    if (parsed.ok) code = await world.serve(parsed.options);
    else {
      for (const problem of parsed.problems) world.stderr(`belfry: ${problem}\n`);
      world.stderr('Try belfry --help\n');
      code = 1;
    }
  });
  const checkCommand = buildCheck(async (request) => void (code = await world.check(request)));
  const program = new Command('belfry')
    .helpOption(false)
    .helpCommand(false)
    .version(versionText(world.version), '--version')
    .addCommand(serveCommand, { isDefault: true })
    .addCommand(checkCommand);
  for (const command of [program, serveCommand, checkCommand]) {
    command
      .exitOverride()
      .configureOutput({
        writeOut: world.stdout,
        // What is wrong is told below, in our words.
        writeErr: () => {},
        getOutHelpWidth: () => Math.min(world.columns, 110),
        getOutHasColors: () => false,
      })
      .showSuggestionAfterError(false);
  }
  try {
    await program.parseAsync(commandFirst(args), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const isCheck = args[0] === 'check';
    world.stderr(`belfry: ${explain(error, isCheck ? CHECK_FLAGS : SERVE_FLAGS)}\n`);
    world.stderr(`Try belfry ${isCheck ? 'check ' : ''}--help\n`);
    return isCheck ? WRONG_USE : 1;
  }
  return code;
}

/** As promtool exits; serve keeps to Alertmanager's 1. */
const WRONG_USE = 2;
const VALUE_FLAGS: ReadonlySet<string> = new Set(
  allFlags.filter(({ value }) => value !== null).map(({ name }) => `--${name}`),
);

/** Flags may stand before the command as well; commander knows it in the first place only. */
function commandFirst(args: readonly string[]): readonly string[] {
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if (VALUE_FLAGS.has(word)) at++;
    else if (!word.startsWith('-')) return [word, ...args.slice(0, at), ...args.slice(at + 1)];
  }
  return args;
}

function buildServe(run: (given: GivenFlags) => Promise<void>): Command {
  const given = new Map<string, string[]>();
  const command = new Command('serve')
    .description('Takes alerts, groups, mutes and routes them, and notifies. SIGHUP loads the configuration again.')
    .addHelpOption(new Option('-h, --help', 'Show this').helpGroup('Other:'))
    .configureHelp({
      commandUsage: () => 'belfry [serve] [flags]',
      subcommandDescription: () => '',
    })
    .addHelpText('after', `\n${EPILOGUE}`);
  for (const { title, flags } of flagGroups) {
    for (const flag of flags) {
      const values = given.getOrInsertComputed(flag.name, () => []);
      for (const [option, preset] of optionsOf(flag)) {
        command.addOption(option.helpGroup(title));
        command.on(`option:${option.name()}`, (value: string | undefined) => void values.push(value ?? preset));
      }
    }
  }
  // For the help alone: the program has taken it before.
  command.addOption(new Option('--version', 'Show the version').helpGroup('Other:'));
  return command.action(() => run(given));
}

const EPILOGUE = `A value follows its flag after a space or "=". Durations are written as 90s, 15m, 120h or 5d.
"belfry check FILE…" finds what is wrong in rule files and configurations.`;

/** A switch has two: on and off. */
function optionsOf({ name, value, help, default: standard }: Flag): readonly (readonly [Option, string])[] {
  const shown = standard === null || standard === '' || value === null ? '' : ` (default: ${standard})`;
  const option = new Option(value === null ? `--${name}` : `--${name} <${value}>`, help + shown).hideHelp(help === '');
  if (value !== null) return [[option, '']];
  return [
    [option, 'true'],
    [new Option(`--no-${name}`).hideHelp(), 'false'],
  ];
}

const SERVE_FLAGS: readonly string[] = allFlags.flatMap(({ name, value: takes }) =>
  takes === null ? [`--${name}`, `--no-${name}`] : [`--${name}`],
);

/** Commander's findings in our words, which name flags as people write them. */
function explain({ code, message }: CommanderError, names: readonly string[]): string {
  const subject = /'([^']*)'/.exec(message)?.[1] ?? '';
  switch (code) {
    case 'commander.unknownOption': {
      const [flag, value] = subject.split('=', 2);
      if (value !== undefined && names.includes(flag!)) return `${flag} takes no value`;
      return `unknown flag ${flag}${didYouMean(closest(flag!, names))}`;
    }
    case 'commander.optionMissingArgument':
      return `${subject.split(' ', 1)[0]} needs a value`;
    case 'commander.missingArgument':
      return 'check needs a file';
    case 'commander.invalidArgument':
      return message.replace(
        /^error: option '(--\S+).*' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/,
        '$1 is "$2": it must be one of $3',
      );
    case 'commander.excessArguments':
      return `unexpected ${/ got \d+: (.*?)\.?$/.exec(message)?.[1] ?? 'argument'}`;
    default:
      return message.replace(/^error: /, '');
  }
}

const versionText = (version: string): string =>
  `belfry, version ${version}\n  node:     ${process.version}\n  platform: ${process.platform}/${process.arch}`;
