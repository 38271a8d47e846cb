// Counts and locates the rows of one source that could not be used, and ends the import where the caller's
// limits or plain sense say so.

using System.Globalization;
using System.Text;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Bad rows of one import.</summary>
internal sealed class RejectLog(string file, long maxErrors, bool strict, string of = "events")
{
    private const int KeptErrors = 10;
    private const int JudgedRows = 1000;
    private const int FewRows = 10;
    private const int ShownBytes = 60;

    private readonly List<RejectedRow> _first = [];
    private long _accepted;

    public string File { get; } = file;

    public long Rejected { get; private set; }

    public long Accepted => _accepted;

    public IReadOnlyList<RejectedRow> First => _first;

    public void Accept()
    {
        if (++_accepted + Rejected == JudgedRows) Judge();
    }

    /// <summary>
    /// Counts a bad row; <paramref name="reason"/> may show <paramref name="text"/> as {0}.
    /// </summary>
    /// <exception cref="EmbedEngineException">BadInput: strict, or one more than the limit.</exception>
    public void Reject(long line, string reason, ReadOnlySpan<byte> text = default)
    {
        Rejected++;
        if (_first.Count < KeptErrors) _first.Add(new RejectedRow(File, line, Format(reason, text)));
        if (strict)
            throw new EmbedEngineException(
                ErrorCode.BadInput, $"{File}:{line}: {Format(reason, text)} (strict import)");
        if (Rejected > maxErrors)
        {
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{File}:{line}: {Format(reason, text)}; that is bad row {Rejected} and the limit is "
                + $"{maxErrors} "
                + $"(--max-errors): nothing was imported. The first was line {_first[0].Line}: "
                + $"{_first[0].Reason}");
        }
        if (_accepted + Rejected == JudgedRows) Judge();
    }

    /// <summary>
    /// At the end of the input: nothing usable, or as many bad rows as good ones, is an error.
    /// </summary>
    public void Finish()
    {
        if (_accepted + Rejected == 0)
            throw new EmbedEngineException(
                ErrorCode.BadInput, $"{File}: holds no {of} (only a header, or nothing)");
        if (_accepted + Rejected < JudgedRows || _accepted == 0) Judge();
    }

    private void Judge()
    {
        long rows = _accepted + Rejected;
        bool bad = _accepted == 0 || (rows >= FewRows && Rejected >= _accepted);
        if (!bad || Rejected == 0) return;
        throw new EmbedEngineException(
            ErrorCode.BadInput,
            $"{File}: {Rejected} of the first {rows} rows are bad: the format or the columns probably do "
            + "not match "
            + "(see --format, --item, --session, --user, --time, --time-unit, --keys). First: line "
            + $"{_first[0].Line}: "
            + _first[0].Reason);
    }

    private static string Format(string reason, ReadOnlySpan<byte> text)
    {
        if (!reason.Contains("{0}", StringComparison.Ordinal)) return reason;
        string shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, ShownBytes)]);
        if (text.Length > ShownBytes) shown += "…";
        return string.Format(CultureInfo.InvariantCulture, reason, shown.ReplaceLineEndings(" "));
    }
}
