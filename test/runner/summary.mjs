/** The table by suite and the last line. Answers the exit code: 1 when anything failed or nothing ran. */
export function printSummary(results) {
	const sum = (key) => results.reduce((total, result) => total + result[key], 0);
	console.log(
		`\n${'suite'.padEnd(12)} ${'passed'.padStart(7)} ${'failed'.padStart(7)} ${'skipped'.padStart(8)} ${'time'.padStart(8)}`,
	);
	for (const { name, passed, failed, skipped, seconds, why } of results) {
		const time = `${seconds.toFixed(1)} s`;
		const note = why === '' ? '' : `  ${why.split('\n')[0]}`;
		console.log(
			`${name.padEnd(12)} ${String(passed).padStart(7)} ${String(failed).padStart(7)} ${String(skipped).padStart(8)} ${time.padStart(8)}${note}`,
		);
	}
	const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')];
	console.log(`\n${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
	return failed > 0 || passed === 0 ? 1 : 0;
}
