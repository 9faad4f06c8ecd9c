/** Every kind of case the runner knows. To add one: write `cases/<kind>.ts` and put it here. */
import { formatKind } from './cases/format.ts';
import { operatorsKind } from './cases/operators.ts';
import { parserKind } from './cases/parser.ts';
import type { CaseKind } from './kind.ts';

export const kinds: readonly CaseKind[] = [formatKind, operatorsKind, parserKind];
