/** HEALTHCHECK of the images: 0 when the role in this container answers /healthz. LANNER_OPS_PORT is that of its section ops. */
const port = process.env.LANNER_OPS_PORT;
const timeoutMs = 4_000;

try {
	const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(timeoutMs) });
	process.exitCode = answer.ok ? 0 : 1;
	if (!answer.ok) console.error(`/healthz on port ${port} answers ${answer.status}`);
} catch (error) {
	console.error(
		`nothing answers on 127.0.0.1:${port} (${error.cause?.code ?? error.name}): lanner.yaml must set the role's port in ops to ${port}, or LANNER_OPS_PORT to that port`,
	);
	process.exitCode = 1;
}
