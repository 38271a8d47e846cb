// Every name that the engine gives inside a store, and the question whether a name is one of them. What has
// another name is not the engine's: it is never removed, renamed or written to, and a catalog that names it
// is damaged. A store may come from elsewhere, so no name that was read is believed before it was asked here.

using System.Globalization;
using System.Text.RegularExpressions;

namespace EmbedEngine.Storage;

/// <summary>Names of files and directories in a store.</summary>
internal static partial class StoreNames
{
    /// <summary>Directory of segments and live logs.</summary>
    public const string Events = "events";

    /// <summary>Directory of the versions' directories.</summary>
    public const string Versions = "versions";

    /// <summary>Directory of the catalogue's files.</summary>
    public const string Attributes = "attributes";

    /// <summary>Directory of the readers' claims.</summary>
    public const string Leases = "leases";

    /// <summary>First characters of what is being written.</summary>
    public const string Temporary = ".tmp-";

    /// <summary>First characters of every live log's name.</summary>
    public const string LiveLogPrefix = "live-";

    /// <summary>What every live log's name ends with.</summary>
    public const string LiveLogExtension = ".eev";

    /// <summary>First characters of a live log that could not be read and was set aside.</summary>
    public const string DamagedPrefix = "damaged-";

    /// <summary>First characters of every answer log's name.</summary>
    public const string AnswerLogPrefix = "answers-";

    /// <summary>What every answer log's name ends with.</summary>
    public const string AnswerLogExtension = ".eer";

    /// <summary>A segment of the event log.</summary>
    public static string Segment(long id) => id.ToString("D6", CultureInfo.InvariantCulture) + ".eel";

    /// <summary>The directory of a version.</summary>
    public static string Version(long number) => number.ToString("D20", CultureInfo.InvariantCulture);

    /// <summary>A base file of the catalogue.</summary>
    public static string AttributeBase(long number) =>
        number.ToString("D6", CultureInfo.InvariantCulture) + ".eea";

    /// <summary>The log of what changed since a base file of the catalogue.</summary>
    public static string AttributeLog(long number) =>
        number.ToString("D6", CultureInfo.InvariantCulture) + ".eec";

    /// <summary>Whether a file of the attributes directory is a base file or a log, and its number.</summary>
    public static bool IsAttributeFile(string name, out long number)
    {
        number = 0;
        return AttributePattern.IsMatch(name)
            && long.TryParse(name.AsSpan(0, name.Length - 4), CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Whether a file of the events directory is a segment.</summary>
    public static bool IsSegment(string name) => SegmentPattern.IsMatch(name);

    /// <summary>Whether a directory under versions is a version's.</summary>
    public static bool IsVersion(string name) => VersionPattern.IsMatch(name);

    /// <summary>Whether a file of a version's directory is an artifact.</summary>
    public static bool IsArtifact(string name) => ArtifactPattern.IsMatch(name);

    /// <summary>Whether a file of the events directory is a live log.</summary>
    public static bool IsLiveLog(string name) => LiveLogPattern.IsMatch(name);

    /// <summary>Whether a file of the events directory is a live log that was set aside.</summary>
    public static bool IsDamagedLiveLog(string name) =>
        name.StartsWith(DamagedPrefix, StringComparison.Ordinal) && IsLiveLog(name[DamagedPrefix.Length..]);

    /// <summary>An answer log, by when it was begun and what makes it the only one of its name.</summary>
    public static string AnswerLog(long begunMs, ulong nonce) => AnswerLogPrefix
        + Math.Clamp(begunMs, 0, 9_999_999_999_999).ToString("D13", CultureInfo.InvariantCulture) + "-"
        + nonce.ToString("x16", CultureInfo.InvariantCulture) + AnswerLogExtension;

    /// <summary>Whether a file of the events directory is an answer log, and what its name says.</summary>
    public static bool IsAnswerLog(string name, out long begunMs, out ulong nonce)
    {
        (begunMs, nonce) = (0, 0);
        int digits = AnswerLogPrefix.Length;
        return name.Length == digits + 13 + 1 + 16 + AnswerLogExtension.Length
            && name.StartsWith(AnswerLogPrefix, StringComparison.Ordinal)
            && name.EndsWith(AnswerLogExtension, StringComparison.Ordinal) && name[digits + 13] == '-'
            && long.TryParse(
                name.AsSpan(digits, 13), NumberStyles.None, CultureInfo.InvariantCulture, out begunMs)
            && AnswerId.TryHex(name.AsSpan(digits + 14, 16), out nonce)
            && name == AnswerLog(begunMs, nonce);
    }

    /// <summary>Whether a file of the events directory is an answer log.</summary>
    public static bool IsAnswerLog(string name) => IsAnswerLog(name, out _, out _);

    /// <summary>Whether a name is of something that was being written.</summary>
    public static bool IsTemporary(string name) => name.StartsWith(Temporary, StringComparison.Ordinal);

    [GeneratedRegex(@"\A[0-9]{6,19}\.eel\z")]
    private static partial Regex SegmentPattern { get; }

    [GeneratedRegex(@"\A[0-9]{6,18}\.ee[ac]\z")]
    private static partial Regex AttributePattern { get; }

    [GeneratedRegex(@"\A[0-9]{20}\z")]
    private static partial Regex VersionPattern { get; }

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9_.-]{0,200}\.eea\z")]
    private static partial Regex ArtifactPattern { get; }

    [GeneratedRegex(@"\Alive-[A-Za-z0-9-]{1,100}\.eev\z")]
    private static partial Regex LiveLogPattern { get; }
}
