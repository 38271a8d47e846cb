// Every row of the table of settings: its property, its text, its range, its errors.

using System.Reflection;

namespace EmbedEngine.Tests.Options;

public sealed class SettingTableTests
{
    public static TheoryData<string> Names => [.. SettingTable.All.Select(s => s.Name)];

    private static TrainOptions Given(string name, string value) =>
        new() { Settings = new Dictionary<string, string> { [name] = value } };

    /// <summary>A value of the setting that no preset has, as text.</summary>
    internal static string Another(Setting setting)
    {
        string[] taken = [.. Enum.GetValues<TrainPreset>().Select(setting.DefaultOf)];
        IEnumerable<string> tries = setting.Kind switch
        {
            SettingKind.Switch => ["0", "1"],
            SettingKind.Choice => setting.Range["one of ".Length..].Split(", "),
            SettingKind.Whole => Enumerable.Range(1, 200).Select(n => $"{n}"),
            SettingKind.Real => ["0.5", "0.25", "1.5", "-1", "7"],
            _ => ["0,3", "0.5,0.3,0.2", "popularity,item", "orders:2"],
        };
        return tries.First(t => !taken.Contains(t) && setting.Parse(t) is { } value && setting.Holds(value));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Setting_ByNameAndByProperty_IsTheSame(string name)
    {
        Setting setting = SettingTable.Find(name);
        PropertyInfo? property = typeof(TrainOptions).GetProperty(setting.PropertyName);
        Assert.NotNull(property);
        Assert.Equal(setting.ValueType,
            Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
        string text = Another(setting);
        var typed = new TrainOptions();
        Assert.Null(property.GetValue(typed));
        property.SetValue(typed, setting.Parse(text));
        Assert.Equal(setting.Parse(text), property.GetValue(typed));
        foreach (TrainOptions options in (TrainOptions[])[typed, Given(name, text)])
        {
            Assert.Equal(text, SettingValues.Text(setting.Read(TrainSettings.Resolve(options))));
            Assert.True(options.Sets(name));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Setting_Bad_IsAnErrorThatNamesItAndItsRange(string name)
    {
        Setting setting = SettingTable.Find(name);
        string[] bad = setting.Kind switch
        {
            SettingKind.Whole => ["", "x", "1.5", "-2", "99999999999"],
            SettingKind.Real => ["", "x", "NaN", "Infinity", "-9", "1e300"],
            SettingKind.Switch => ["", "2", "yes"],
            SettingKind.Choice => ["", "another", "0"],
            _ => ["a,b", "-1,-2"],
        };
        foreach (string text in bad)
        {
            var e = Assert.ThrowsAny<ArgumentException>(() => Given(name, text).Validate());
            Assert.Contains($"setting {name}", e.Message, StringComparison.Ordinal);
            Assert.Contains(setting.Range, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_NamesAreSnakeCase_DocsAreSentences_DefaultsAreInRange()
    {
        foreach (Setting setting in SettingTable.All)
        {
            Assert.Matches("^[a-z][a-z0-9]*(_[a-z0-9]+)*$", setting.Name);
            Assert.EndsWith(".", setting.Doc, StringComparison.Ordinal);
            foreach (TrainPreset preset in Enum.GetValues<TrainPreset>())
                Assert.NotNull(setting.ValueOf(setting.DefaultOf(preset)));
        }
    }

    [Fact]
    public void Property_WinsOverText_AndWithKeepsTheOriginal()
    {
        TrainOptions text = Given("dimensions", "16");
        TrainOptions both = text with { Dimensions = 24 };
        TrainOptions more = both with { Window = 4, Dimensions = null };
        Assert.Equal(16, TrainSettings.Resolve(text).SkipGram.Dimensions);
        Assert.Equal(24, TrainSettings.Resolve(both).SkipGram.Dimensions);
        Assert.Equal((16, 4),
            (TrainSettings.Resolve(more).SkipGram.Dimensions, TrainSettings.Resolve(more).SkipGram.Window));
        Assert.Null(both.Window);
    }

    [Theory]
    [InlineData("dimension", "did you mean 'dimensions'?")]
    [InlineData("session_knn_k", "did you mean 'session_knn_")]
    [InlineData("ranker_tree", "did you mean 'ranker_trees'?")]
    [InlineData("nothing_like_it", "settings are method,")]
    public void Find_UnknownName_SuggestsTheNearestAndListsAll(string name, string expected)
    {
        string message = Assert.Throws<ArgumentException>(() => SettingTable.Find(name)).Message;
        Assert.Contains($"'{name}'", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        foreach (Setting setting in SettingTable.All) Assert.Contains(setting.Name, message);
    }

    [Fact]
    public void Parse_ListsAsOtherLanguagesPrintThem_AreRead()
    {
        Setting drop = SettingTable.Find("ranker_drop");
        Assert.Equal(["item", "past"], (IReadOnlyList<string>)drop.ValueOf("[item, past]"));
        Assert.Equal(["item", "past"], (IReadOnlyList<string>)drop.ValueOf("['item', \"past\"]"));
        Assert.Empty((IReadOnlyList<string>)drop.ValueOf(""));
        Assert.True((bool)SettingTable.Find("ranker").ValueOf("True"));
    }
}
