// From the files on disk to a Compiled, or to the text of everything that is wrong with them.
import { compileConfig } from '../config/compile.ts';
import { checkTls } from './check-tls.ts';
import { checkTemplates } from '../notify/check-templates.ts';
import { printProblem, type Problem } from '../model/problem.ts';
import type { DurationMs } from '../model/time.ts';
import type { Files } from '../ports/files.ts';
import { TemplateSet, type TemplateSource } from '../template/template-set.ts';
import type { Compiled } from './generation.ts';

export interface CompileOptions {
  /** --config.file */
  readonly file: string;
  readonly matcherMode: 'fallback' | 'classic' | 'utf8';
  readonly retention: DurationMs;
  /** Template files that come with Belfry. The user's own are read after them, and may define a name anew. */
  readonly shippedTemplates: readonly string[];
  /** Whether event_recorder does anything: --enable-feature=event-recorder. */
  readonly eventRecorder: boolean;
}

export type CompileResult =
  | { readonly ok: true; readonly compiled: Compiled; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export async function compileFiles(files: Files, options: CompileOptions): Promise<CompileResult> {
  const text = await files.read(options.file);
  if (!text.ok) return { ok: false, problems: [text.problem] };
  const config = compileConfig({ file: options.file, text: text.value }, options);
  if (!config.ok) return config;
  const problems: Problem[] = [];
  const readAll = async (paths: readonly string[]): Promise<readonly TemplateSource[]> => {
    const sources: TemplateSource[] = [];
    for (const file of paths) {
      const source = await files.read(file);
      if (source.ok) sources.push({ file, text: source.value });
      else problems.push(source.problem);
    }
    return sources;
  };
  const shipped = await readAll(options.shippedTemplates);
  const own: TemplateSource[] = [];
  const warnings = [...config.warnings];
  const { switchedOff } = config.value.eventRecorder;
  if (switchedOff !== null && !options.eventRecorder) warnings.push(switchedOff);
  for (const { pattern, unmatched } of config.value.templates) {
    const paths = await files.glob(pattern);
    if (paths.length === 0) warnings.push(unmatched);
    own.push(...(await readAll(paths)));
  }
  const templates = TemplateSet.parse(own, 'alertmanager', shipped);
  if (!templates.ok) problems.push(...templates.problems);
  if (!templates.ok || problems.length > 0) return { ok: false, problems };
  warnings.push(...(await checkTls(files, config.value.tlsUses)));
  warnings.push(...checkTemplates(templates.value, config.value.templateTexts));
  if (warnings.some(({ severity }) => severity === 'error')) return { ok: false, problems: warnings };
  return { ok: true, compiled: { config: config.value, templates: templates.value }, warnings };
}

export const printProblems = (problems: readonly Problem[]): string => problems.map(printProblem).join('\n');
