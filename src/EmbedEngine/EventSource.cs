namespace EmbedEngine;

/// <summary>
/// Where events come from: a file (plain or gzip, told apart by content), standard input (path <c>-</c>) or
/// arrays in memory. Creating one reads nothing.
/// </summary>
public sealed record EventSource
{
    private EventSource(string path, EventFormat format, EventColumns? columns)
    {
        Path = path;
        Format = format;
        ColumnData = columns;
    }

    /// <summary>The file, or <c>-</c> for standard input, or <c>(columns)</c>.</summary>
    public string Path { get; }

    /// <summary>
    /// The layout; <see cref="EventFormat.Auto"/> leaves it to <see cref="ImportOptions.Format"/>.
    /// </summary>
    public EventFormat Format { get; }

    /// <summary>The arrays of <see cref="Columns"/>; else null.</summary>
    public EventColumns? ColumnData { get; }

    /// <summary>A file whose layout is found from its content.</summary>
    /// <param name="path">File path; <c>-</c> reads standard input.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static EventSource Auto(string path) => File(path, EventFormat.Auto);

    /// <summary>A file of OTTO JSONL sessions.</summary>
    /// <inheritdoc cref="Auto"/>
    public static EventSource OttoJsonl(string path) => File(path, EventFormat.Otto);

    /// <summary>A file of delimited event rows with a header.</summary>
    /// <inheritdoc cref="Auto"/>
    public static EventSource Csv(string path) => File(path, EventFormat.Csv);

    /// <summary>A file of tab-separated event rows with a header.</summary>
    /// <inheritdoc cref="Auto"/>
    public static EventSource Tsv(string path) => File(path, EventFormat.Tsv);

    /// <summary>A file of one item list a line.</summary>
    /// <inheritdoc cref="Auto"/>
    public static EventSource SessionsJsonl(string path) => File(path, EventFormat.Sessions);

    /// <summary>A file of one event a JSON object.</summary>
    /// <inheritdoc cref="Auto"/>
    public static EventSource JsonLines(string path) => File(path, EventFormat.JsonLines);

    /// <summary>
    /// A file of delimited event rows without a header; the columns are numbers in
    /// <see cref="ImportOptions"/>.
    /// </summary>
    /// <inheritdoc cref="Auto"/>
    public static EventSource Headerless(string path) => File(path, EventFormat.Headerless);

    /// <summary>Events in memory.</summary>
    /// <param name="columns">The arrays; they must stay unchanged until the import has returned.</param>
    /// <exception cref="ArgumentException">The columns do not fit together.</exception>
    public static EventSource Columns(EventColumns columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        columns.Validate();
        return new EventSource("(columns)", EventFormat.Columns, columns);
    }

    private static EventSource File(string path, EventFormat format)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new EventSource(path, format, null);
    }
}
