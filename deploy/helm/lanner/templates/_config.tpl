{{/*
lanner.yaml of one role: only the sections that the role reads, so that no pod needs secrets of another. Secrets are files, named by
${file:…} and mounted by lanner.secretVolumes. Argument: dict "root" $ "role" NAME.
*/}}

{{/* kafka or redis of the values, with what the role says of its own: dict "root" $ "role" NAME "section" kafka. As JSON. */}}
{{- define "lanner.section" -}}
{{- $common := deepCopy (index .root.Values .section) -}}
{{- $own := deepCopy (index (index .root.Values .role) .section | default dict) -}}
{{- mergeOverwrite $common $own | toJson -}}
{{- end -}}

{{- define "lanner.tls" -}}
{{- $folder := printf "/etc/lanner/%s-tls" .section -}}
{{- $tls := dict "enabled" .tls.enabled -}}
{{- if .tls.enabled -}}
{{- if .tls.existingSecret -}}
{{- range $option, $key := dict "caFile" .tls.caKey "certFile" .tls.certKey "keyFile" .tls.keyKey -}}
{{- if $key }}{{ $_ := set $tls $option (printf "%s/%s" $folder $key) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- with .tls.serverName }}{{ $_ := set $tls "serverName" . }}{{ end -}}
{{- end -}}
{{- toJson $tls -}}
{{- end -}}

{{- define "lanner.kafka" -}}
{{- $kafka := include "lanner.section" (merge (dict "section" "kafka") .) | fromJson -}}
{{- if not $kafka.brokers }}{{ fail "kafka.brokers is empty: name the brokers, --set 'kafka.brokers={kafka-1.example.com:9092}'" }}{{ end -}}
{{- $secretFile := "${file:/etc/lanner/kafka-sasl/" -}}
{{- $sasl := dict "mechanism" $kafka.sasl.mechanism -}}
{{- if ne $kafka.sasl.mechanism "none" -}}
{{- if not $kafka.sasl.existingSecret }}{{ fail (printf "kafka.sasl.existingSecret is empty: %s needs a Secret with the key %s" $kafka.sasl.mechanism $kafka.sasl.passwordKey) }}{{ end -}}
{{- $secret := printf "%s%s}" $secretFile $kafka.sasl.passwordKey -}}
{{- if eq $kafka.sasl.mechanism "oauthbearer" -}}
{{- range $option := list "tokenEndpoint" "clientId" "scope" -}}
{{- with index $kafka.sasl $option }}{{ $_ := set $sasl $option . }}{{ end -}}
{{- end -}}
{{- $_ := set $sasl "clientSecret" $secret -}}
{{- else -}}
{{- $_ := set $sasl "username" $kafka.sasl.username -}}
{{- $_ := set $sasl "password" $secret -}}
{{- end -}}
{{- end -}}
{{- $section := pick $kafka "brokers" "partitions" "replication" "minInSync" "eventsRetentionHours" "alertsRetentionHours" "compression" -}}
{{- with $kafka.prefix }}{{ $_ := set $section "prefix" . }}{{ end -}}
{{- $_ := set $section "tls" (include "lanner.tls" (dict "section" "kafka" "tls" $kafka.tls) | fromJson) -}}
{{- $_ := set $section "sasl" $sasl -}}
{{- mergeOverwrite $section $kafka.extra | toJson -}}
{{- end -}}

{{- define "lanner.redis" -}}
{{- $redis := include "lanner.section" (merge (dict "section" "redis") .) | fromJson -}}
{{- if not $redis.addresses }}{{ fail "redis.addresses is empty: name the servers, --set 'redis.addresses={redis.example.com:6379}'" }}{{ end -}}
{{- $section := pick $redis "addresses" "mode" "database" "prefix" -}}
{{- range $option := list "primaryName" "username" -}}
{{- with index $redis $option }}{{ $_ := set $section $option . }}{{ end -}}
{{- end -}}
{{- if $redis.existingSecret -}}
{{- range $option, $key := dict "password" $redis.passwordKey "sentinelPassword" $redis.sentinelPasswordKey -}}
{{- if $key }}{{ $_ := set $section $option (printf "${file:/etc/lanner/redis-auth/%s}" $key) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- $_ := set $section "tls" (include "lanner.tls" (dict "section" "redis" "tls" $redis.tls) | fromJson) -}}
{{- mergeOverwrite $section $redis.extra | toJson -}}
{{- end -}}

{{/* "true" for roles that read Redis; the console does where its address is known. */}}
{{- define "lanner.readsRedis" -}}
{{- if eq .role "evaluator" -}}true
{{- else if eq .role "console" -}}
{{- $redis := include "lanner.section" (merge (dict "section" "redis") .) | fromJson -}}
{{- if $redis.addresses -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{- define "lanner.console" -}}
{{- $own := .root.Values.console -}}
{{- if not $own.existingSecret }}{{ fail "console.existingSecret is empty: the console listens on the pod's address and needs a token, kubectl create secret generic lanner-console --from-literal=token=$(openssl rand -hex 32)" }}{{ end -}}
{{- $names := $own.hostNames -}}
{{- $names = append $names (printf "%s-web" (include "lanner.roleName" .)) -}}
{{- $names = append $names (printf "%s-web.%s" (include "lanner.roleName" .) .root.Release.Namespace) -}}
{{- $names = append $names (printf "%s-web.%s.svc" (include "lanner.roleName" .) .root.Release.Namespace) -}}
{{- if $own.ingress.enabled }}{{ $names = append $names $own.ingress.host }}{{ end -}}
{{- $console := dict "host" "0.0.0.0" "port" $own.port "token" (printf "${file:/etc/lanner/console-token/%s}" $own.tokenKey) "hostNames" ($names | uniq) -}}
{{- if $own.tls.existingSecret -}}
{{- $_ := set $console "tls" (dict "certFile" (printf "/etc/lanner/console-tls/%s" $own.tls.certKey) "keyFile" (printf "/etc/lanner/console-tls/%s" $own.tls.keyKey)) -}}
{{- end -}}
{{- toJson $console -}}
{{- end -}}

{{- define "lanner.rulesFiles" -}}
{{- $files := list -}}
{{- if .Values.rules.shipped }}{{ $files = append $files "/usr/lib/lanner/deploy/rules" }}{{ end -}}
{{- append $files "/etc/lanner/rules" | toJson -}}
{{- end -}}

{{- define "lanner.config" -}}
{{- $own := index .root.Values .role -}}
{{- $config := dict "kafka" (include "lanner.kafka" . | fromJson) "logging" (dict "level" .root.Values.logging.level) -}}
{{- if ne .role "topics" -}}
{{- $_ := set $config "ops" (dict "host" "0.0.0.0" (printf "%sPort" .role) $own.opsPort) -}}
{{- end -}}
{{- if has .role (list "probe" "evaluator") -}}
{{- $_ := set $config "rules" (dict "files" (include "lanner.rulesFiles" .root | fromJsonArray)) -}}
{{- end -}}
{{- if include "lanner.readsRedis" . -}}
{{- $_ := set $config "redis" (include "lanner.redis" . | fromJson) -}}
{{- end -}}
{{- if eq .role "console" -}}
{{- $_ := set $config "console" (include "lanner.console" . | fromJson) -}}
{{- else if eq .role "sink" -}}
{{- $_ := set $config "outputs" $own.outputs -}}
{{- else if eq .role "probe" -}}
{{- $host := dict "name" "${env:NODE_NAME}" -}}
{{- if eq $own.hostId "nodeName" }}{{ $_ := set $host "id" "${env:NODE_NAME}" }}{{ end -}}
{{- $_ := set $config "host" $host -}}
{{- $probe := pick $own.data "spoolBytesMax" "spoolAgeMaxHours" -}}
{{- $_ := set $probe "hostRoot" "/host" -}}
{{- $_ := set $probe "dockerSocket" (ternary "/host/docker.sock" nil $own.dockerSocket.enabled) -}}
{{- if $own.kubernetes.enabled }}{{ $_ := set $probe "kubernetes" (dict "url" $own.kubernetes.url "nodeName" "${env:NODE_NAME}") }}{{ end -}}
{{- $_ := set $config "probe" $probe -}}
{{- end -}}
{{- mergeOverwrite $config ($own.config | default dict) | toYaml -}}
{{- end -}}

{{/* Volumes of the files that lanner.yaml names, beside the file itself. */}}
{{- define "lanner.secretVolumes" -}}
{{- $kafka := include "lanner.section" (merge (dict "section" "kafka") .) | fromJson -}}
{{- if and $kafka.tls.enabled $kafka.tls.existingSecret }}
- name: kafka-tls
  secret: {secretName: {{ $kafka.tls.existingSecret }}, defaultMode: 0440}
{{- end }}
{{- if ne $kafka.sasl.mechanism "none" }}
- name: kafka-sasl
  secret: {secretName: {{ $kafka.sasl.existingSecret }}, defaultMode: 0440}
{{- end }}
{{- if include "lanner.readsRedis" . }}
{{- $redis := include "lanner.section" (merge (dict "section" "redis") .) | fromJson }}
{{- if and $redis.tls.enabled $redis.tls.existingSecret }}
- name: redis-tls
  secret: {secretName: {{ $redis.tls.existingSecret }}, defaultMode: 0440}
{{- end }}
{{- with $redis.existingSecret }}
- name: redis-auth
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- end }}
{{- if eq .role "console" }}
- name: console-token
  secret: {secretName: {{ .root.Values.console.existingSecret }}, defaultMode: 0440}
{{- with .root.Values.console.tls.existingSecret }}
- name: console-tls
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- end }}
{{- if eq .role "sink" }}
{{- with .root.Values.sink.outputSecrets }}
- name: output-secrets
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- end }}
{{- end -}}

{{- define "lanner.volumes" -}}
- name: config
  configMap:
    name: {{ include "lanner.roleName" . }}
{{- if has .role (list "probe" "evaluator") }}
- name: rules
  configMap:
    name: {{ .root.Values.rules.existingConfigMap | default (printf "%s-rules" (include "lanner.fullname" .root)) }}
{{- end }}
{{- include "lanner.secretVolumes" . }}
{{- with (index .root.Values .role).extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "lanner.volumeMounts" -}}
- name: config
  mountPath: /etc/lanner/lanner.yaml
  subPath: lanner.yaml
  readOnly: true
{{- if has .role (list "probe" "evaluator") }}
- name: rules
  mountPath: /etc/lanner/rules
  readOnly: true
{{- end }}
{{- range fromYamlArray (include "lanner.secretVolumes" .) }}
- name: {{ .name }}
  mountPath: /etc/lanner/{{ .name }}
  readOnly: true
{{- end }}
{{- with (index .root.Values .role).extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}
