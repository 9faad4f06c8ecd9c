/** A constant, operator or operand that does not fit; the planner adds where in the condition it stands. */
export class ConstantError extends Error {}
