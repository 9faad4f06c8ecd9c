#!/bin/sh
# Rights of one role of Lanner in Kafka, as few as it works with.
#
#   KAFKA_ACLS="kafka-acls.sh --bootstrap-server kafka-1:9092 --command-config admin.properties" ./kafka.sh ROLE PRINCIPAL [PREFIX]
#
# ROLE: probe, evaluator, sink, console, operator (lanner doctor, alerts tail, alerts redrive) or admin (lanner topics create|describe|grow).
# PRINCIPAL: as the brokers know the user: User:lanner-probe, or User:CN=web1 for a certificate.
# PREFIX: kafka.prefix of lanner.yaml, when there is one. With REMOVE=1 the rights are taken away.
# The cluster needs an authorizer (authorizer.class.name) and must not allow what nobody is granted (allow.everyone.if.no.acl.found=false).
# Brokers before 2.8 want IdempotentWrite on the cluster for probe, evaluator and sink as well.
set -euf

acls=${KAFKA_ACLS:-kafka-acls.sh --bootstrap-server localhost:9092}
usage() {
	sed -n '4,8s/^# *//p' "$0" >&2
	exit 2
}
[ $# -ge 2 ] && [ $# -le 3 ] || usage
role=$1 principal=$2 prefix=${3-}
case $principal in *:?*) ;; *) usage ;; esac
if [ "${REMOVE-}" = 1 ]; then change='--remove --force'; else change=--add; fi

# Reading or writing a topic implies describing it. Words of KAFKA_ACLS are its options, so it is split.
# shellcheck disable=SC2086
acl() { $acls $change --allow-principal "$principal" "$@"; }
t() { printf '%slanner.%s' "$prefix" "$1"; }

case $role in
probe)
	acl --operation Write --topic "$(t events)"
	;;
evaluator)
	acl --operation Read --topic "$(t events)" --group "${prefix}lanner-evaluator"
	# Events: only to tell that a probe is silent.
	acl --operation Write --topic "$(t events)" --topic "$(t alerts)" --topic "$(t events.dead)"
	;;
sink)
	acl --operation Read --topic "$(t alerts)"
	acl --operation Read --group "${prefix}sink." --resource-pattern-type prefixed
	acl --operation Write --topic "$(t alerts.dead)"
	;;
console)
	acl --operation Read --topic "$(t alerts)"
	acl --operation Read --group "${prefix}console." --resource-pattern-type prefixed
	;;
operator)
	acl --operation Read --topic "$(t alerts)" --topic "$(t alerts.dead)"
	acl --operation Read --group "${prefix}tail." --group "${prefix}redrive." --resource-pattern-type prefixed
	acl --operation Describe --operation DescribeConfigs --topic "$(t '')" --resource-pattern-type prefixed
	;;
admin)
	acl --operation Create --operation Alter --operation Describe --operation DescribeConfigs --topic "$(t '')" --resource-pattern-type prefixed
	;;
*) usage ;;
esac
