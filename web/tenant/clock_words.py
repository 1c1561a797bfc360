"""When a schedule runs, in words."""

WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def in_words(cron: str) -> str:
    """Return a cron expression of five fields as a sentence where it is of an everyday kind, and as it is where it is not."""
    fields = cron.split()
    if len(fields) != 5:
        return cron
    minute, hour, day, month, weekday = fields
    if month != "*":
        return cron
    if hour == day == weekday == "*":
        return _within_the_hour(minute) or cron
    if not (minute.isdigit() and hour.isdigit()):
        return cron
    at = f"at {int(hour):02}:{int(minute):02}"
    if day == weekday == "*":
        return f"Every day {at}"
    if day == "*" and weekday == "1-5":
        return f"Monday to Friday {at}"
    if day == "*" and weekday.isdigit() and int(weekday) < len(WEEKDAYS):
        return f"Every {WEEKDAYS[int(weekday)]} {at}"
    if weekday == "*" and day.isdigit():
        return f"On day {int(day)} of every month {at}"
    return cron


def _within_the_hour(minute: str) -> str:
    if minute == "*":
        return "Every minute"
    if minute.startswith("*/") and minute[2:].isdigit():
        return f"Every {int(minute[2:])} minutes"
    if not minute.isdigit():
        return ""
    return f"Every hour, {int(minute)} minutes past" if int(minute) else "Every hour, on the hour"
