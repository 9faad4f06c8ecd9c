/** What rules cost: `ProfileInstrument` goes into the options of a rule set, `profileOf` tells afterwards what it counted. */
export { ProfileInstrument } from './instrument.ts';
export { type Profile, profileOf, type RuleProfile, type SharedProfile } from './report.ts';
