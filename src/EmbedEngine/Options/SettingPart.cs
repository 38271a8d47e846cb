namespace EmbedEngine;

/// <summary>
/// A record of options that the settings of a run hold (or those settings themselves), as the table of
/// settings needs it: how to reach it, and rows for what is in it.
/// </summary>
/// <param name="name">What the settings in it are about.</param>
/// <param name="get">Takes it out of the settings of a run.</param>
/// <param name="put">Puts it into them.</param>
internal sealed class SettingPart<T>(
    string name, Func<TrainSettings, T> get, Func<TrainSettings, T, TrainSettings> put)
    where T : class
{
    /// <summary>One row.</summary>
    /// <param name="setting">Name of the setting.</param>
    /// <param name="values">What values it has.</param>
    /// <param name="read">Takes the value out of the record.</param>
    /// <param name="write">The record with another value.</param>
    /// <param name="doc">What it does, one sentence.</param>
    /// <param name="fast">Default of the preset fast, where the record's is another.</param>
    /// <param name="best">Default of the preset best, where the record's is another.</param>
    public Setting Row<TValue>(
        string setting, SettingValues<TValue> values, Func<T, TValue> read, Func<T, TValue, T> write,
        string doc, object? fast = null, object? best = null)
        where TValue : notnull => new()
    {
        Name = setting,
        Part = name,
        Kind = values.Kind,
        ValueType = typeof(TValue),
        Range = values.Range,
        Doc = doc,
        Fast = fast,
        Best = best,
        Parse = values.Parse,
        Holds = value => values.Holds((TValue)value),
        Read = settings => read(get(settings)),
        Write = (settings, value) => put(settings, write(get(settings), (TValue)value)),
        ReadPart = part => part is T own ? read(own) : null,
    };
}
