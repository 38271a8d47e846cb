using System.Text.Json;

namespace EmbedEngine.Storage;

/// <summary>
/// What the framework throws at bytes that are whole by their checksums and yet make no sense: a file made by
/// hand, or by a build with a fault. For its reader that is damage like any other.
/// </summary>
internal static class Damage
{
    /// <summary>Whether an exception, thrown while a file's content was read, means that the content is
    /// wrong.</summary>
    public static bool IsMeantBy(Exception e) => e is JsonException or FormatException or OverflowException
        or KeyNotFoundException or InvalidCastException or ArgumentException or IndexOutOfRangeException
        || e.GetType() == typeof(InvalidOperationException);

    /// <summary>Reads what a file holds; what does not fit becomes <see cref="ErrorCode.Corrupt"/>.</summary>
    public static T Guarded<T>(string path, long offset, string expected, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (IsMeantBy(e))
        {
            throw new CorruptFileException(path, offset, expected, ErrorText.MessageOf(e));
        }
    }
}
