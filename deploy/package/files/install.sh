#!/bin/sh
# Installs, upgrades or removes the archive this file is in: /opt/lanner/VERSION, the link /opt/lanner/current (swapped in one step), units,
# account, /etc/lanner. Run again it changes nothing. State, log and spool (/var/lib/lanner) are never touched, but by --purge.
set -eu
umask 022

usage() {
	cat <<'TEXT'
Usage, as root:
  ./install.sh              install or upgrade; units that run are restarted
  ./install.sh --remove     stop and remove; /etc/lanner and /var/lib/lanner stay
  ./install.sh --purge      remove those as well
  ./install.sh --dry-run    say what would be done
TEXT
}

opt=/opt/lanner
units_folder=/etc/systemd/system
here=$(dirname -- "$(readlink -f -- "$0")")
action=install
dry=no
for word in "$@"; do
	case "$word" in
	--remove) action=remove ;;
	--purge) action=purge ;;
	--dry-run) dry=yes ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
done
if [ "$(id -u)" != 0 ] && [ "$dry" = no ]; then
	echo "install.sh: must be root" >&2
	exit 3
fi

run() {
	if [ "$dry" = yes ]; then echo "would: $*"; else "$@"; fi
}

has_systemd() { [ -d /run/systemd/system ]; }

unit_names() { ls "$1/lib/systemd/system"; }

make_account() {
	if getent passwd lanner >/dev/null; then return; fi
	run useradd --system --user-group --no-create-home --home-dir /var/lib/lanner --shell /usr/sbin/nologin lanner
}

# A file of /etc: new ones are copied; one that nobody changed since the last version shipped it is replaced; one that was changed stays,
# and the new text is put beside it.
put_configuration() {
	(cd "$here/etc/lanner" && find . -type f) | while read -r name; do
		new=$here/etc/lanner/$name
		present=/etc/lanner/$name
		old=$opt/current/etc/lanner/$name
		if [ ! -e "$present" ]; then
			# Removed by the admin after an earlier version brought it: stays away.
			if [ -e "$old" ]; then continue; fi
			run mkdir -p "$(dirname "$present")"
			run cp "$new" "$present"
		elif ! cmp -s "$new" "$present"; then
			if [ -e "$old" ] && cmp -s "$old" "$present"; then
				run cp "$new" "$present"
			else
				run cp "$new" "$present.new"
				echo "install.sh: $present was changed here and is kept; the new one is $present.new"
			fi
		fi
	done
}

put_units() {
	for unit in $(unit_names "$here"); do
		if [ "$dry" = yes ]; then echo "would: write $units_folder/$unit" && continue; fi
		sed "s|/usr/lib/lanner|$opt/current/lib/lanner|g" "$here/lib/systemd/system/$unit" >"$units_folder/$unit.new"
		mv "$units_folder/$unit.new" "$units_folder/$unit"
	done
}

install_version() {
	version=$(cat "$here/VERSION")
	target=$opt/$version
	before=$(cat "$opt/current/VERSION" 2>/dev/null || true)
	make_account
	put_configuration
	if [ "$here" != "$target" ]; then
		run mkdir -p "$opt"
		run rm -rf "$target.new"
		run cp -a "$here" "$target.new"
		# Whoever unpacked it, with whatever umask: root's, and readable by the account.
		run chown -R 0:0 "$target.new"
		run chmod -R u+rwX,go+rX,go-w "$target.new"
		run rm -rf "$target"
		run mv "$target.new" "$target"
	fi
	run ln -sfn "$version" "$opt/current.new"
	run mv -T "$opt/current.new" "$opt/current"
	run mkdir -p /usr/local/bin
	run ln -sf "$opt/current/bin/lanner" /usr/local/bin/lanner
	put_units
	for folder in /var/lib/lanner /var/log/lanner; do
		run install -d -m 0750 -o lanner -g lanner "$folder"
	done
	if has_systemd; then
		run systemctl daemon-reload
		# shellcheck disable=SC2046
		if [ "$before" != "$version" ]; then run systemctl try-restart $(unit_names "$here"); fi
	fi
	# The version before stays, to go back to: ./install.sh in its folder.
	for other in "$opt"/*/; do
		name=$(basename "$other")
		case "$name" in "$version" | "$before" | current) continue ;; esac
		run rm -rf "$opt/$name"
	done
	echo "lanner $version is installed${before:+ (before: $before)}"
}

remove_all() {
	if has_systemd && [ -e "$opt/current" ]; then
		# shellcheck disable=SC2046
		run systemctl disable --now $(unit_names "$opt/current") || true
	fi
	if [ -e "$opt/current" ]; then
		for unit in $(unit_names "$opt/current"); do run rm -f "$units_folder/$unit"; done
	fi
	if [ "$(readlink /usr/local/bin/lanner 2>/dev/null)" = "$opt/current/bin/lanner" ]; then run rm -f /usr/local/bin/lanner; fi
	run rm -rf "$opt"
	if has_systemd; then run systemctl daemon-reload; fi
	if [ "$action" = purge ]; then run rm -rf /etc/lanner /var/lib/lanner /var/log/lanner; fi
	echo "lanner is removed"
}

case "$action" in
install) install_version ;;
*) remove_all ;;
esac
