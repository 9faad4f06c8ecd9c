/** Tags that name a technique or tactic of MITRE ATT&CK, and where they are described. Links are followed by people only. */

const site = 'https://attack.mitre.org';
const tactics = {
	reconnaissance: 'TA0043',
	resource_development: 'TA0042',
	initial_access: 'TA0001',
	execution: 'TA0002',
	persistence: 'TA0003',
	privilege_escalation: 'TA0004',
	defense_evasion: 'TA0005',
	credential_access: 'TA0006',
	discovery: 'TA0007',
	lateral_movement: 'TA0008',
	collection: 'TA0009',
	exfiltration: 'TA0010',
	command_and_control: 'TA0011',
	impact: 'TA0040',
};

/** Null = the tag is none of theirs. */
export function mitreLink(tag) {
	const [, technique, part] = /^T(\d{4})(?:\.(\d{3}))?$/.exec(tag) ?? [];
	if (technique !== undefined)
		return `${site}/techniques/T${technique}/${part === undefined ? '' : `${part}/`}`;
	const tactic = /^mitre_([a-z_]+)$/.exec(tag)?.[1];
	return tactic !== undefined && Object.hasOwn(tactics, tactic)
		? `${site}/tactics/${tactics[tactic]}/`
		: null;
}
