// Answers for paths and methods that have no handler, each in the form its part of the port speaks.
import { failed, refused, text, withHeaders, type Answer } from './answer.ts';
import { failure } from './prometheus-answer.ts';
import type { Route } from './route.ts';

/** `shown` is the path as it was asked for, prefix included. */
export function missing(routes: readonly Route[], method: string, path: string, shown: string): Answer {
  const allowed = methodsFor(routes, path);
  if (allowed.length === 0) return notFound(path, shown);
  return withHeaders(notAllowed(path, method, allowed.join(',')), { allow: allowed.join(',') });
}

/** An error in the form of the API its path belongs to. */
export function inForm(path: string, status: number, code: string, message: string): Answer {
  switch (formOf(path)) {
    case 'v2':
      return refused(status, message);
    case 'prometheus':
      return failure(status, message);
    case 'native':
      return failed(status, code, message);
    case 'plain':
      return text(status, `${message}\n`);
  }
}

function notFound(path: string, shown: string): Answer {
  switch (formOf(path)) {
    case 'v2':
      return refused(404, `path ${shown} was not found`);
    case 'prometheus':
      return failure(404, `there is no ${shown} here: rules are, queries are answered by the data source`);
    case 'native':
      return failed(404, 'not_found', `there is no ${shown}`);
    case 'plain':
      return text(404, '404 page not found\n');
  }
}

function notAllowed(path: string, method: string, list: string): Answer {
  switch (formOf(path)) {
    case 'v2':
      return refused(405, `method ${method} is not allowed, but [${list}] are`);
    case 'prometheus':
    case 'native':
      return inForm(path, 405, 'method_not_allowed', `${method} is not allowed, ${list} is`);
    case 'plain':
      return text(405, 'Method Not Allowed\n');
  }
}

function formOf(path: string): 'v2' | 'prometheus' | 'native' | 'plain' {
  if (path.startsWith('/api/v2/')) return 'v2';
  if (path.startsWith('/api/v1/') || path.startsWith('/vmalert/api/v1/')) return 'prometheus';
  return path.startsWith('/api/belfry/') ? 'native' : 'plain';
}

export function methodsFor(routes: readonly Route[], path: string): string[] {
  const asked = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return routes
    .filter((route) => isPath(route.path, asked))
    .map(({ method }): string => method)
    .toSorted();
}

function isPath(pattern: string, path: string): boolean {
  const steps = pattern.split('/');
  const asked = path.split('/');
  return (
    steps.length === asked.length &&
    steps.every((step, at) => (step.startsWith(':') ? asked[at] !== '' : asked[at] === step))
  );
}
