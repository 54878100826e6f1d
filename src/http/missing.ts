// Answers for paths and methods that have no handler, each in the form its part of the port speaks.
import { failed, refused, text, withHeaders, type Answer } from './answer.ts';
import type { Route } from './route.ts';

/** `shown` is the path as it was asked for, prefix included. */
export function missing(routes: readonly Route[], method: string, path: string, shown: string): Answer {
  const allowed = methodsFor(routes, path);
  const form = formOf(path);
  if (allowed.length === 0) {
    if (form === 'v2') return refused(404, `path ${shown} was not found`);
    return form === 'native' ? failed(404, 'not_found', `there is no ${shown}`) : text(404, '404 page not found\n');
  }
  const list = allowed.join(',');
  const answer = (): Answer => {
    if (form === 'v2') return refused(405, `method ${method} is not allowed, but [${list}] are`);
    if (form === 'native') return failed(405, 'method_not_allowed', `${method} is not allowed, ${list} is`);
    return text(405, 'Method Not Allowed\n');
  };
  return withHeaders(answer(), { allow: list });
}

/** An error in the form of the API its path belongs to. */
export function inForm(path: string, status: number, code: string, message: string): Answer {
  switch (formOf(path)) {
    case 'v2':
      return refused(status, message);
    case 'native':
      return failed(status, code, message);
    case 'plain':
      return text(status, `${message}\n`);
  }
}

function formOf(path: string): 'v2' | 'native' | 'plain' {
  if (path.startsWith('/api/v2/')) return 'v2';
  return path.startsWith('/api/belfry/') ? 'native' : 'plain';
}

function methodsFor(routes: readonly Route[], path: string): string[] {
  const asked = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return routes
    .filter((route) => isPath(route.path, asked))
    .map(({ method }): string => method)
    .toSorted();
}

function isPath(pattern: string, path: string): boolean {
  if (!pattern.endsWith('/:id')) return pattern === path;
  const start = pattern.slice(0, -3);
  const rest = path.slice(start.length);
  return path.startsWith(start) && rest !== '' && !rest.includes('/');
}
