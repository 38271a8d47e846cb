// What the rules of order did to each item of an answer, in words. Asked for only when somebody wants to read
// it: it may allocate.

using System.Globalization;
using EmbedEngine.Interactions.Attributes;

namespace EmbedEngine.Recommendation.Rules;

/// <summary>Says which rules an item met.</summary>
internal static class RuleExplainer
{
    /// <summary>Says it of an answer.</summary>
    /// <param name="data">The version.</param>
    /// <param name="items">The answer.</param>
    /// <param name="rules">Of its request.</param>
    /// <param name="scratch">Has those rules bound, and what their sets allow.</param>
    /// <param name="nameOf">How people write an item.</param>
    public static RuleReport Explain(
        VersionData data, ReadOnlySpan<RecommendedItem> items, in RecommendRules rules,
        RequestScratch scratch, Func<long, string> nameOf)
    {
        var told = new List<string>[items.Length];
        for (int i = 0; i < told.Length; i++) told[i] = OfItem(items[i].Item, i + 1, rules, scratch, data);
        var ignored = new List<string>();
        foreach (ItemPin pin in rules.Pins)
        {
            string at = string.Create(
                CultureInfo.InvariantCulture, $"pin of item {nameOf(pin.Item)} at {pin.Place}: ");
            if (!PinList.IsNamed(pin.Item, data, scratch)) ignored.Add(at + "nothing is known of it");
            else if (!PinList.IsAllowed(pin.Item, rules, data, scratch, out _))
                ignored.Add(at + "the filter or the sets of the request do not allow it");
            else if (!Holds(items, pin.Item))
                ignored.Add($"{at}the answer has {items.Length} items");
        }
        return new RuleReport(told, ignored);
    }

    private static List<string> OfItem(
        long item, int place, in RecommendRules rules, RequestScratch scratch, VersionData data)
    {
        var told = new List<string>();
        foreach (ItemPin pin in rules.Pins)
        {
            if (pin.Item != item) continue;
            string others = place == pin.Place ? "" : ", the others end before";
            told.Add(string.Create(CultureInfo.InvariantCulture, $"pinned at {pin.Place}{others}"));
        }
        if (scratch.Catalogue is not { } catalogue) return told;
        bool ofText = data.Items.TryGetRow(item, out int row) && data.Items.Kind == KeyKind.Text;
        ReadOnlySpan<byte> textKey = ofText
            ? data.Items.TextAt(row) : PinList.KeyOf(item, scratch);
        foreach (ItemBoost boost in rules.Boosts)
            if (catalogue.Passes(boost.Filter, item, textKey)) told.Add($"boost {boost.Expression}");
        if (rules.Bury is { } bury && catalogue.Passes(bury, item, textKey)) told.Add($"buried by {bury}");
        if (rules.WeightBy is { } weight)
        {
            AttributeCodes codes = catalogue.Find(weight.Name, scratch.Cold)!;
            double value = codes.NumberOf(codes.RowOf(
                catalogue.KeyOf(item, textKey, stackalloc byte[CatalogueRows.MostDigits])));
            string shown = Shown(value, codes.Type);
            told.Add(string.Create(
                CultureInfo.InvariantCulture, $"weight by {weight.Name} * {weight.Weight}: {shown}"));
        }
        return told;
    }

    private static string Shown(double value, AttributeType type) => double.IsNaN(value) ? "missing"
        : AttributeText.Show(type switch
        {
            AttributeType.Time => AttributeValue.OfTime((long)value),
            AttributeType.Boolean => AttributeValue.OfBoolean(value != 0),
            _ => AttributeValue.OfNumber(value),
        })!;

    private static bool Holds(ReadOnlySpan<RecommendedItem> items, long item)
    {
        foreach (RecommendedItem answered in items)
            if (answered.Item == item) return true;
        return false;
    }
}
