{{- define "weft.name" -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- end }}

{{- define "weft.labels" -}}
app.kubernetes.io/name: weft
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "weft.selector" -}}
app.kubernetes.io/name: weft
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "weft.account" -}}
{{ if .Values.serviceAccount.create }}{{ default (include "weft.name" .) .Values.serviceAccount.name }}{{ else }}{{ default "default" .Values.serviceAccount.name }}{{ end }}
{{- end }}

{{/* One variable from the Secret; those that may be missing are optional. */}}
{{- define "weft.secret" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .root.Values.existingSecret }}
      key: {{ .key }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end }}

{{/* What every process is told. */}}
{{- define "weft.env" -}}
{{ include "weft.secret" (dict "root" . "name" "WEFT_DATABASE_URL" "key" "database-url") }}
{{ include "weft.secret" (dict "root" . "name" "WEFT_REDIS_URL" "key" "redis-url") }}
{{ include "weft.secret" (dict "root" . "name" "WEFT_SECRET_KEY" "key" "secret-key") }}
{{ include "weft.secret" (dict "root" . "name" "WEFT_VAULT_KEY" "key" "vault-key" "optional" true) }}
{{ include "weft.secret" (dict "root" . "name" "WEFT_VAULT_OLD_KEYS" "key" "vault-old-keys" "optional" true) }}
{{ include "weft.secret" (dict "root" . "name" "WEFT_SMTP_URL" "key" "smtp-url" "optional" true) }}
{{ include "weft.secret" (dict "root" . "name" "WEFT_METRICS_TOKEN" "key" "metrics-token" "optional" true) }}
- {name: WEFT_BASE_URL, value: {{ .Values.baseUrl | quote }}}
- {name: WEFT_DATA_DIR, value: /data}
{{- if .Values.files.url }}
- {name: WEFT_FILES_URL, value: {{ .Values.files.url | quote }}}
{{- end }}
{{- if .Values.cells.existingSecret }}
- {name: WEFT_CELLS, value: /etc/weft/cells/cells.toml}
{{- end }}
{{- range $name, $value := .Values.env }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}

{{- define "weft.container" -}}
image: "{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: data, mountPath: /data}
  - {name: scratch, mountPath: /tmp}
{{- if .Values.cells.existingSecret }}
  - {name: cells, mountPath: /etc/weft/cells, readOnly: true}
{{- end }}
{{- end }}

{{- define "weft.pod" -}}
serviceAccountName: {{ default (include "weft.account" .root) .account }}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- if .spread }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "weft.selector" . | nindent 8 }}
{{- end }}
volumes:
  - name: data
    {{- if .root.Values.files.existingClaim }}
    persistentVolumeClaim: {claimName: {{ .root.Values.files.existingClaim }}}
    {{- else }}
    emptyDir: {}
    {{- end }}
  - name: scratch
    emptyDir: {}
{{- with .root.Values.cells.existingSecret }}
  - name: cells
    secret: {secretName: {{ . }}}
{{- end }}
{{- end }}
