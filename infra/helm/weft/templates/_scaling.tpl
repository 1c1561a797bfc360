{{/* Autoscaling and the budget of disruptions of a part that may run many times. */}}
{{- define "weft.scaling" -}}
{{- $name := printf "%s-%s" (include "weft.name" .root) .part }}
{{- if .values.enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ $name }}
  labels: {{ include "weft.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .part }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ $name }}}
  minReplicas: {{ .values.min }}
  maxReplicas: {{ .values.max }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: {{ .values.cpu }}}
  behavior:
    scaleDown: {stabilizationWindowSeconds: 300}
{{- end }}
{{- $fewest := ternary .values.min .replicas .values.enabled | int }}
{{- if gt $fewest 1 }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $name }}
  labels: {{ include "weft.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .part }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {{ include "weft.selector" (dict "root" .root "part" .part) | nindent 6 }}
{{- end }}
{{- end }}
