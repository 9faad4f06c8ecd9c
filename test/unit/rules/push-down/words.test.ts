/** Words that checks of paths ask for, and when they ask for none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCondition } from '#rules/parse/index.ts';
import { type PathShape, wordsOfComparison, wordText } from '#rules/push-down/path-words.ts';

function words(check: string, shape: PathShape = 'absolute'): string[] | null {
	const tree = parseCondition(check);
	assert.ok(tree.node === 'binary');
	const found = wordsOfComparison(tree, shape);
	return found === null ? null : [...found].map(wordText).sort();
}

test('a whole path asks for its rarest component', () => {
	assert.deepEqual(words('fd.name = /etc/shadow'), ['shad']);
	assert.deepEqual(words('fd.name in (/etc/shadow, /usr/bin/sudo)'), ['shad', 'sudo']);
	assert.deepEqual(words('fd.name = /etc'), ['etc']);
	assert.equal(words('fd.name = pipe:[1]'), null);
});

test('of the end of a beginning only as much counts as is sure', () => {
	assert.deepEqual(words('fd.name startswith /dev/sd'), ['dev']);
	assert.deepEqual(words('fd.name startswith /dev/sd/'), ['sd']);
	assert.deepEqual(words('fd.name startswith /tmp/krb5cc_'), ['krb5']);
	assert.equal(words('fd.name startswith /de'), null);
});

test('what stands within a path counts from a slash on', () => {
	assert.deepEqual(words('fd.name endswith /.ssh/id'), ['.ssh']);
	assert.equal(words('fd.name endswith .php'), null);
	assert.deepEqual(words('fd.name contains x/.aws/'), ['.aws']);
	assert.equal(words('fd.name contains x/.aw'), null);
	assert.equal(words('fd.name contains id_rsa'), null);
});

test('patterns count by their literal components', () => {
	assert.deepEqual(words('fd.name pmatch (/usr/*/security, /etc/pam.d)'), ['pam.', 'secu']);
	assert.deepEqual(words('fd.name glob /usr/lib/*/security/pam_*.so'), ['secu']);
	assert.deepEqual(words('fd.name glob /proc/*/mem'), ['mem']);
	assert.equal(words('fd.name glob *shadow'), null);
});

test('names of files are one component, and other operators ask for nothing', () => {
	assert.deepEqual(words('fd.filename in (.bashrc, a)', 'fileName'), ['.bas', 'a']);
	assert.equal(words('fd.filename startswith id_', 'fileName'), null);
	assert.equal(words('fd.filename endswith rc', 'fileName'), null);
	for (const check of ['fd.name icontains /shadow/', 'fd.name regex ^/etc/shadow$', 'fd.name != /etc/shadow'])
		assert.equal(words(check), null, check);
});
