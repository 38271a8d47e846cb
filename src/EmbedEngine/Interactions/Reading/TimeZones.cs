namespace EmbedEngine.Interactions.Reading;

/// <summary>Time zones by the names that people use.</summary>
internal static class TimeZones
{
    /// <summary>
    /// The zone of an IANA name (Europe/Berlin) or of an offset (+02:00); null for none and for UTC.
    /// </summary>
    /// <exception cref="ArgumentException">No such zone on this system.</exception>
    public static TimeZoneInfo? Find(string? name)
    {
        if (name is null or "UTC" or "Z") return null;
        if (name.Length == 6 && name[0] is '+' or '-'
            && TimeSpan.TryParseExact(name.AsSpan(1), @"hh\:mm", null, out TimeSpan offset)
            && offset <= TimeSpan.FromHours(14))
        {
            return TimeZoneInfo.CreateCustomTimeZone(name, name[0] == '-' ? -offset : offset, name, name);
        }
        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(name);
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException
            or UnauthorizedAccessException or System.Security.SecurityException)
        {
            throw new ArgumentException(
                $"time zone '{name}' is not known here: it is a name such as Europe/Berlin (from the "
                + "system's tzdata) or an offset such as +02:00", nameof(name));
        }
    }
}
