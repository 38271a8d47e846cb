namespace EmbedEngine;

/// <summary>How an event file is laid out.</summary>
public enum EventFormat
{
    /// <summary>Decide from the first bytes of the content (the file name is not looked at).</summary>
    Auto = 0,

    /// <summary>
    /// One session a line: <c>{"session":1,"events":[{"aid":7,"ts":1659304800025,"type":"clicks"}]}</c>.
    /// </summary>
    Otto = 1,

    /// <summary>
    /// One event a row with a header row, RFC 4180 quoting; comma, semicolon, bar or tab is detected.
    /// </summary>
    Csv = 2,

    /// <summary>As <see cref="Csv"/> with a tab between columns.</summary>
    Tsv = 3,

    /// <summary>
    /// One session a line: <c>{"session_id":"abc","items":[1,2]}</c>; items are integers or strings.
    /// </summary>
    Sessions = 4,

    /// <summary>Arrays in memory (<see cref="EventSource.Columns"/>).</summary>
    Columns = 5,

    /// <summary>
    /// One event a JSON object, one a line or in an array: <c>{"user_id":"u","item_id":7,"timestamp":…}</c>;
    /// columns are the properties, nested ones by their path (<c>a.b</c>).
    /// </summary>
    JsonLines = 6,

    /// <summary>
    /// As <see cref="Csv"/> without a header row; columns go by number, from 1. The delimiter may also be
    /// <c>::</c>.
    /// </summary>
    Headerless = 7,
}
