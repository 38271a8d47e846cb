namespace EmbedEngine;

/// <summary>What the rules of a request did to its answer, for people to read.</summary>
/// <param name="Items">One list for each answered item, such as <c>boost brand = 'own' * 1.2</c>,
/// <c>pinned at 1</c>, <c>buried by stock = 0</c>, <c>weight by margin * 0.3: 12.5</c>; empty where no rule
/// touched it.</param>
/// <param name="Ignored">What had no effect and why, such as <c>pin of item 7 at 2: the rules do not allow
/// it</c>.</param>
public sealed record RuleReport(IReadOnlyList<IReadOnlyList<string>> Items, IReadOnlyList<string> Ignored)
{
    /// <summary>Both reports of one answer as one.</summary>
    public RuleReport With(RuleReport other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var items = new IReadOnlyList<string>[Items.Count];
        for (int i = 0; i < items.Length; i++) items[i] = [.. Items[i], .. other.Items[i]];
        return new RuleReport(items, [.. Ignored, .. other.Ignored]);
    }
}
