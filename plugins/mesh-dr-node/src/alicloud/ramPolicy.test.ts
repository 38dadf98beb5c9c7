import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { OPERATIONS, ramActions } from './operations';
import { ramPolicy } from './ramPolicy';

const ROOT = resolve(__dirname, '../../../..');

/** Every `operation: 'X'` in the product wrappers: what is really sent. */
function calledOperations(): string[] {
  return readdirSync(__dirname)
    .filter(file => file.endsWith('.ts') && !file.includes('.test.'))
    .flatMap(file => [
      ...readFileSync(join(__dirname, file), 'utf8').matchAll(
        /operation: '(\w+)'/g,
      ),
    ])
    .map(([, operation]) => operation);
}

describe('the RAM policy', () => {
  it('is the one in docs', () => {
    expect(
      JSON.parse(readFileSync(join(ROOT, 'docs/ram-policy.json'), 'utf8')),
    ).toEqual(ramPolicy());
  });

  it('allows what is called and nothing else', () => {
    const listed = Object.values(OPERATIONS).flatMap(Object.keys);
    expect([...new Set(calledOperations())].sort()).toEqual(
      [...new Set(listed)].sort(),
    );
    const cloudActions = ramPolicy()
      .Statement.flatMap(statement => statement.Action)
      .filter(action => !action.startsWith('ram:'));
    expect(cloudActions.sort()).toEqual(ramActions());
  });

  it('lets a portal that may only look do nothing else', () => {
    const [look] = ramPolicy().Statement;
    expect(look.Action.length).toBeGreaterThan(20);
    expect(
      look.Action.filter(
        action => !/:(Describe|List|Get|Check)[A-Z]/.test(action),
      ),
    ).toEqual([]);
  });
});
