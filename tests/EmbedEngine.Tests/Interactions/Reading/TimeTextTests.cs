using System.Text;
using EmbedEngine.Interactions.Reading;

namespace EmbedEngine.Tests.Interactions.Reading;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData("1396437466.94", TimeUnit.Seconds, 1396437466940)]
    [InlineData("1396437466.9399999", TimeUnit.Seconds, 1396437466940)]
    [InlineData("1396437466.9999", TimeUnit.Seconds, 1396437467000)]
    [InlineData("1506826828", TimeUnit.Seconds, 1506826828000)]
    [InlineData("1.5e9", TimeUnit.Seconds, 1500000000000)]
    [InlineData("0", TimeUnit.Seconds, 0)]
    [InlineData("1659304800025", TimeUnit.Milliseconds, 1659304800025)]
    [InlineData("1659304800025.7", TimeUnit.Milliseconds, 1659304800025)]
    [InlineData("2019-10-01", TimeUnit.Iso, 1569888000000)]
    [InlineData("2019-10-01 00:00:00 UTC", TimeUnit.Iso, 1569888000000)]
    [InlineData("2019-10-01T02:00:00+02:00", TimeUnit.Iso, 1569888000000)]
    [InlineData("2019-10-01T02:00:00+0200", TimeUnit.Iso, 1569888000000)]
    [InlineData("2019-09-30T19:00-05", TimeUnit.Iso, 1569888000000)]
    [InlineData("2014-04-07T10:51:09.277Z", TimeUnit.Iso, 1396867869277)]
    [InlineData("2014/04/07 10:51:09.2779", TimeUnit.Iso, 1396867869277)]
    [InlineData("2000-02-29", TimeUnit.Iso, 951782400000)]
    [InlineData("1569888000,5", TimeUnit.Seconds, 1569888000500)]
    [InlineData("1569888000123456", TimeUnit.Microseconds, 1569888000123)]
    [InlineData("1.569888000123456e15", TimeUnit.Microseconds, 1569888000123)]
    [InlineData("1569888000123456789", TimeUnit.Nanoseconds, 1569888000123)]
    [InlineData("01/10/2019", TimeUnit.DayFirst, 1569888000000)]
    [InlineData("1.10.2019 00:00", TimeUnit.DayFirst, 1569888000000)]
    [InlineData("01-10-2019 02:03:04.5", TimeUnit.DayFirst, 1569895384500)]
    [InlineData("10/1/2019 0:00", TimeUnit.MonthFirst, 1569888000000)]
    [InlineData("10/01/2019 12:00:00 AM", TimeUnit.MonthFirst, 1569888000000)]
    [InlineData("9/30/2019, 11:59 PM", TimeUnit.MonthFirst, 1569887940000)]
    public void TryParse_Time_GivesMilliseconds(string text, TimeUnit unit, long expected)
    {
        Assert.True(TimeText.TryParse(Encoding.UTF8.GetBytes(text), unit, out long ms));
        Assert.Equal(expected, ms);
    }

    [Theory]
    [InlineData("", TimeUnit.Seconds)]
    [InlineData("-1", TimeUnit.Seconds)]
    [InlineData("253402300800", TimeUnit.Seconds)]
    [InlineData("99999999999999999999999", TimeUnit.Seconds)]
    [InlineData("nan", TimeUnit.Seconds)]
    [InlineData("1e300", TimeUnit.Seconds)]
    [InlineData("12x", TimeUnit.Seconds)]
    [InlineData("1.2.3", TimeUnit.Seconds)]
    [InlineData("253402300800000", TimeUnit.Milliseconds)]
    [InlineData("2019-13-01", TimeUnit.Iso)]
    [InlineData("2019-02-29", TimeUnit.Iso)]
    [InlineData("1969-12-31T23:59:59Z", TimeUnit.Iso)]
    [InlineData("2019-10-01T25:00:00", TimeUnit.Iso)]
    [InlineData("2019-10-01T10:00:00 CET", TimeUnit.Iso)]
    [InlineData("0000-00-00", TimeUnit.Iso)]
    [InlineData("yesterday", TimeUnit.Iso)]
    [InlineData("31/13/2019", TimeUnit.DayFirst)]
    [InlineData("12/31/2019", TimeUnit.DayFirst)]
    [InlineData("31/12/19", TimeUnit.DayFirst)]
    [InlineData("1/2-2019", TimeUnit.DayFirst)]
    [InlineData("12/31/2019 13:00 PM", TimeUnit.MonthFirst)]
    [InlineData("12/31/2019 0:00 AM", TimeUnit.MonthFirst)]
    [InlineData("18446744073709551615", TimeUnit.Nanoseconds)]
    public void TryParse_NotATime_IsRefused(string text, TimeUnit unit) =>
        Assert.False(TimeText.TryParse(Encoding.UTF8.GetBytes(text), unit, out _));

    [Theory]
    [InlineData("1506826828", TimeUnit.Seconds)]
    [InlineData("1506826828123", TimeUnit.Milliseconds)]
    [InlineData("1506826828123456", TimeUnit.Microseconds)]
    [InlineData("1506826828123456789", TimeUnit.Nanoseconds)]
    [InlineData("31/12/2019", TimeUnit.DayFirst)]
    [InlineData("12/31/2019 8:26", TimeUnit.MonthFirst)]
    [InlineData("03.04.2019", TimeUnit.DayFirst)]
    [InlineData("03/04/2019", TimeUnit.Auto)]
    [InlineData("2019-10-01 00:00:00 UTC", TimeUnit.Iso)]
    [InlineData("-5", TimeUnit.Auto)]
    [InlineData("x", TimeUnit.Auto)]
    public void Guess_FirstRows_FindTheUnit(string text, TimeUnit expected) =>
        Assert.Equal(expected, TimeText.Guess(Encoding.UTF8.GetBytes(text)));
}
