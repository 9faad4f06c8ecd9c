{{- define "lanner.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "lanner.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "lanner.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "lanner.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Argument of those below: dict "root" $ "role" NAME. */}}
{{- define "lanner.roleName" -}}
{{ include "lanner.fullname" .root }}-{{ .role }}
{{- end -}}

{{- define "lanner.selectorLabels" -}}
app.kubernetes.io/name: {{ include "lanner.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}

{{- define "lanner.labels" -}}
{{ include "lanner.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: lanner
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* name, labels and annotations of an object; further annotations (a dict) as "annotations". */}}
{{- define "lanner.metadata" -}}
name: {{ .name | default (include "lanner.roleName" .) }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "lanner.labels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (.annotations | default dict) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* With "image": the role whose image it is, where it differs from the role. */}}
{{- define "lanner.image" -}}
{{- $role := .image | default .role -}}
{{- $own := (index .root.Values $role).image | default dict -}}
{{- $common := .root.Values.image -}}
{{- $repository := $own.repository | default (printf "%s-%s" $common.repository $role) -}}
{{- $registry := $common.registry -}}
{{- if $registry }}{{ $registry }}/{{ end }}{{ $repository }}
{{- if $own.digest }}@{{ $own.digest }}{{ else }}:{{ $own.tag | default $common.tag | default .root.Chart.AppVersion }}{{ end -}}
{{- end -}}

{{- define "lanner.pullPolicy" -}}
{{- $own := (index .root.Values (.image | default .role)).image | default dict -}}
{{ $own.pullPolicy | default .root.Values.image.pullPolicy }}
{{- end -}}

{{- define "lanner.serviceAccountName" -}}
{{- if .root.Values.serviceAccount.create }}{{ include "lanner.roleName" . }}{{ else }}{{ .root.Values.serviceAccount.name | default "default" }}{{ end -}}
{{- end -}}

{{/* Nothing that a role without privileges could need is left: probe has its own. */}}
{{- define "lanner.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "lanner.containerSecurityContext" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "lanner.healthProbes" -}}
startupProbe:
  httpGet: {path: /healthz, port: ops}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /healthz, port: ops}
  periodSeconds: 15
  timeoutSeconds: 5
  failureThreshold: 4
readinessProbe:
  httpGet: {path: /readyz, port: ops}
  periodSeconds: 10
  timeoutSeconds: 5
{{- end -}}

{{/* What every pod may say of its own. */}}
{{- define "lanner.scheduling" -}}
{{- $own := index .root.Values .role -}}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $own.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "lanner.environment" -}}
{{- $own := index .root.Values .role -}}
{{- with $own.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
