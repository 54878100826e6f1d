// `check` on the command line: its flags and arguments, read into what check.ts carries out.
import { Argument, Command, Option } from 'commander';
import type { CheckRequest } from './check.ts';

export const CHECK_FLAGS: readonly string[] = ['--lint', '--target', '--json', '--help'];

export function buildCheck(run: (request: CheckRequest) => Promise<void>): Command {
  return new Command('check')
    .description('Finds what is wrong in rule files and configurations, without a server. "-" is standard input.')
    .addArgument(new Argument('<file...>', 'Rule files, alertmanager.yml, belfry.yml'))
    .addOption(
      new Option(
        '--lint <level>',
        'What is allowed and seldom meant: the default is duplicate and doubtful rules, all is missing texts too',
      )
        .choices(['all', 'default', 'none'])
        .default('default'),
    )
    .addOption(
      new Option('--target <server>', 'prometheus: whatever the Prometheus server would refuse is an error')
        .choices(['belfry', 'prometheus'])
        .default('belfry'),
    )
    .addOption(new Option('--json', 'Findings as JSON'))
    .addHelpOption(new Option('-h, --help', 'Show this'))
    .configureHelp({ commandUsage: () => 'belfry check [flags] FILE…' })
    .addHelpText('after', `\n${EXIT_CODES}`)
    .action((files: readonly string[], given: Readonly<Record<string, unknown>>) =>
      run({
        files,
        lint: given['lint'] === 'all' || given['lint'] === 'none' ? given['lint'] : 'default',
        target: given['target'] === 'prometheus' ? 'prometheus' : 'belfry',
        json: given['json'] === true,
      }),
    );
}

const EXIT_CODES = 'Exit codes: 0 all is well, 1 errors, 2 wrong use, 3 only lints.';
