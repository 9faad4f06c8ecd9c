/** Every kind of case the runner knows. To add one: write `cases/<kind>.ts` and put it here. */
import { compileKind } from './cases/compile.ts';
import { e2eEngineKind, e2eOfficialKind } from './cases/e2e-engine.ts';
import { eventsFieldsKind } from './cases/events-fields.ts';
import { eventTypesKind } from './cases/evttypes.ts';
import { formatKind } from './cases/format.ts';
import { officialRulesKind } from './cases/official-rules.ts';
import { operatorsKind } from './cases/operators.ts';
import { parserKind } from './cases/parser.ts';
import { rulesLoadKind } from './cases/rules-load.ts';
import { utilKind } from './cases/util.ts';
import type { CaseKind } from './kind.ts';

export const kinds: readonly CaseKind[] = [
	compileKind,
	e2eEngineKind,
	e2eOfficialKind,
	eventsFieldsKind,
	eventTypesKind,
	formatKind,
	officialRulesKind,
	operatorsKind,
	parserKind,
	rulesLoadKind,
	utilKind,
];
